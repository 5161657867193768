/** Worker of poolifier: it runs task functions that are registered by name. */
import { type TaskFunctions, ThreadWorker } from 'poolifier';
import { tasks } from './tasks.ts';

export default new ThreadWorker(tasks as unknown as TaskFunctions<unknown, unknown>);
