import { MaxLength } from 'class-validator';
import { Form } from '../pages/forms.js';

export class RevokeForm extends Form {
  @MaxLength(200, { message: 'This application is not known here. Reload the page and try again.' })
  grant = '';
}

export class RevokeFileForm extends Form {
  @MaxLength(100, { message: 'This link is not known here. Reload the page and try again.' })
  link = '';
}

export class RevokeAllForm extends Form {}

export class SignOutForm extends Form {}
