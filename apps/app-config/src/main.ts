import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { appConfigSettings } from './config';

runService('app-config', appConfigSettings, createApp, process.env);
