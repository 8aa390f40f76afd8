export { serviceSettings, type ServiceConfig } from './service-settings';
export { openService, type App, type OpenedService, type Overrides, type ServiceParts } from './open-service';
export { runService } from './run-service';
export { REPEAT_DECISIONS } from './repeat-decisions';
export { addBackendDoor, tokenVerifierOf, type BackendDoor } from './backend-doors';
