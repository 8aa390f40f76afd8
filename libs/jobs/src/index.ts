export {
  sweepJob,
  type JobCatalog,
  type JobData,
  type JobDefinition,
  type JobHandlers,
  type JobRun,
} from './catalog';
export { createJobQueues, type JobQueues } from './queues';
export { createJobWorkers, type JobWorkers } from './workers';
