import { IsIn, IsOptional } from 'class-validator';
import type { DataScope } from '../../../common/principal.js';
import { Form } from '../pages/forms.js';

const DECISIONS = ['approve', 'deny', 'switch'] as const;
type Decision = (typeof DECISIONS)[number];

export class ConsentForm extends Form {
  @IsIn(DECISIONS, { message: 'Choose to allow or to deny.' })
  decision = '' as Decision;

  /** Without a choice the application may only read. */
  @IsOptional()
  @IsIn(['sql:read', 'sql:write'], { message: 'Choose what the application may do.' })
  scope: DataScope | undefined = undefined;

  /** Whether the application may also make links to whole results as files. */
  @IsOptional()
  @IsIn(['yes'], { message: 'Choose whether the application may export.' })
  exports: 'yes' | undefined = undefined;
}
