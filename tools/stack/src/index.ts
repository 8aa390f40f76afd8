export { createAppProcess, type AppProcess } from './app-process';
export { freePort, portNear } from './ports';
export { APPS, createStack, DEFAULT_PORTS, SERVICES, type App, type ServerUrls, type Stack } from './stack';
