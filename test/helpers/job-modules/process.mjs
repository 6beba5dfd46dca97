/** The process, for functions of jobs that end it. */
import process from 'node:process';

export { process };
