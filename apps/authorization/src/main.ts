import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { authorizationSettings } from './config';

runService('authorization', authorizationSettings, createApp, process.env);
