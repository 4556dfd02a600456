import { IsString } from 'class-validator';
import { Form } from '../pages/forms.js';

/** A name or a password of any length is answered like a wrong one: the answer must not tell what can exist. */
export class SignInForm extends Form {
  @IsString() username = '';
  @IsString() password = '';
  /** Not empty when the person pressed "Cancel". */
  @IsString() cancel = '';
}

/** The form outside of an authorization. */
export class AccountSignInForm extends SignInForm {
  /** The page to return to (`returnPath`). */
  @IsString() next = '';
}
