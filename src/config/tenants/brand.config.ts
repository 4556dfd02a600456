import { IsOptional, Matches } from 'class-validator';
import { IsLogoFile } from '../logo-file.js';
import { IsText } from '../validation/setting.decorators.js';
import { asWord, Variable } from '../variable.decorator.js';

/** What the pages and the clients show of the organisation that runs the server. */
export class BrandConfig {
  @Variable('BRAND_NAME') @IsOptional() @IsText(60) name?: string;
  @Variable('BRAND_LOGO_FILE') @IsOptional() @IsLogoFile() logoFile?: string;
  @Variable('BRAND_COLOR', asWord)
  @IsOptional()
  @Matches(/^#[0-9a-f]{6}$/i, { message: 'must be a colour like #0a5fb4: # and six hexadecimal digits, in quotes' })
  color?: string;
}
