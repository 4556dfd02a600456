import { Module } from '@nestjs/common';
import { StateModule } from '../../state/state.module.js';
import { AccountsService } from './accounts.service.js';
import { MachineClients } from './machine-clients.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { SignInService } from './sign-in.service.js';
import { UsersService } from './users.service.js';

/** Users, their passwords, and what they may do in a tenant. */
@Module({
  imports: [StateModule],
  providers: [AccountsService, MachineClients, SignInAttempts, SignInService, UsersService],
  exports: [AccountsService, MachineClients, SignInService, UsersService],
})
export class IdentityModule {}
