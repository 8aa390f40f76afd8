import type { Logger } from '@daikaifa/observability';

export const repeatDecisionsJob =
  (consumers: { repeatDecisions(): Promise<number> }, logger: Logger) => async (): Promise<void> => {
    const repeated = await consumers.repeatDecisions();
    logger.info({ 'decisions.repeated': repeated }, 'decisions repeated');
  };
