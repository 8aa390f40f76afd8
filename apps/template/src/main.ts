import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { templateSettings } from './config';

runService('template', templateSettings, createApp, process.env);
