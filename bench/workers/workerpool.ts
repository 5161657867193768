/** Worker of workerpool: it calls methods that are registered by name. */
import workerpool from 'workerpool';
import { tasks } from './tasks.ts';

workerpool.worker(tasks);
