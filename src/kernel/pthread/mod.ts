/** The pthread library of RT-Thread 4.0.4: threads, their locks, POSIX semaphores and message queues, signals. */
export { Pthreads } from "./threads.ts";
export { pthreadRows } from "./rows.ts";
