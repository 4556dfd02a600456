import { IsFlag } from '../validation/setting.decorators.js';
import { Variable } from '../variable.decorator.js';

/** What is convenient for development and tests is refused when NODE_ENV is `production`. */
export class ProductionConfig {
  @Variable('NODE_ENV', text => text === 'production')
  @IsFlag()
  readonly production: boolean = false;
}
