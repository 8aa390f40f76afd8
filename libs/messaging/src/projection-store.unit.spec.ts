import { createMemoryProjectionStore } from './projection-store';
import { describeProjectionStore } from './projection-store.contract';

describeProjectionStore('the memory version', async () => createMemoryProjectionStore());
