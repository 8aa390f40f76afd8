import { runService } from '@daikaifa/service';
import { createApp } from './app';
import { reviewSettings } from './config';

runService('review', reviewSettings, createApp, process.env);
