import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { callbackSettings } from './config';

runService('callback', callbackSettings, createApp, process.env);
