import { Module } from '@nestjs/common';
import { StateCipher } from '../state/state-cipher.js';
import { StateModule } from '../state/state.module.js';
import { STATE_STORE, type StateStore } from '../state/state-store.js';
import { Budgets } from './budgets.js';

@Module({
  imports: [StateModule],
  providers: [
    {
      provide: Budgets,
      inject: [STATE_STORE, StateCipher],
      useFactory: (store: StateStore, cipher: StateCipher) => new Budgets(store, cipher),
    },
  ],
  exports: [Budgets],
})
export class BudgetsModule {}
