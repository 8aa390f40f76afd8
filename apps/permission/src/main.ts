import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { permissionSettings } from './config';

runService('permission', permissionSettings, createApp, process.env);
