/** What docs/fidelity.md says about `--abi 5.x`; the programs of five/ show it. */
export const ABI_FIVE = `## Programs for RT-Thread 5.x

\`--abi 5.x\` runs programs that were compiled with headers of RT-Thread 5.1 (those of \`rtt-sim sdk\` with \`-DRTT_SIM_ABI=5\`): one processor,
RT_USING_DEBUG, RT_USING_LIBC, RT_USING_PTHREADS, no signals, RT_NAME_MAX 8. No recording of a 5.x kernel stands behind it; the layouts and
rules are those of its sources, and \`test/utest/five\` runs against them. It cannot be combined with \`--compat 4.0.4\`.

| what | 4.0.4 | 5.x |
| --- | --- | --- |
| struct rt_thread | 136 bytes | 164 bytes: members of the scheduler in sched_thread_ctx at 48, lists of mutexes at 128, user_data at 160 |
| semaphore, mutex, event, mailbox, queue, pool, memheap, device | 36, 40, 36, 52, 64, 56, 112, 64 bytes | 44, 56, 44, 60, 72, 64, 124, 68 bytes |
| state of a thread | INIT 0, READY 1, SUSPEND 2, RUNNING 3, CLOSE 4 | INIT 0, CLOSE 1, READY 2, RUNNING 3, suspended 4 to 7 |
| error codes | 1 to 10 | those of errno.h, RT_ERROR 255 |
| names | 8 characters, then not terminated | 7 characters |
| rt_mq_recv | RT_EOK, and as many bytes as fit | the length of the message |
| mq_receive | the length of the buffer | the length of the message |
| mutexes | FIFO or PRIO, inheritance of one step that outlives a waiter's time-out, kept by a thread that ends | by priority, inheritance along chains, taken back with the waiter, given on when a thread ends |
| a waiter that rt_thread_resume wakes | RT_EOK | -RT_EINTR |
| rt_thread_delay(0) | until the next tick | -RT_EINVAL at once |
| rt_thread_suspend of another thread, a slice of 0 | possible | a failed assertion |
| rt_sem_control | RESET | also SET_VLIMIT, GET_STATE |
| rt_thread_control | | also RESET_PRIORITY |
| rt_timer_control SET_TIME of a running timer | only stores | stops it; also function and parameter |
| control commands of rtc and sd0 | from 0x10 | from 0x600 and 0x200 |
| rt_kprintf | \`%o\` hexadecimal, no \`#\`, a width cuts \`%s\`, \`(NULL)\`, no result | as in C, \`%b\`, \`(null)\`, gives the length |
| rt_malloc of all that is left at the end of the heap | refused | given |
| heap | no object | a Memory object named heap, whose figures it shows; so are heaps of rt_smem_init |
| header of a block of the heap, 16 bytes | 16-bit magic number, 16-bit used flag, links, four letters of the thread | address of the heap with bit 0 for used, links, four letters; rt_free asserts MEM_ISUSED(mem) and says nothing before; memcheck shows the address |
| free | three lines | four, in another form, with what is available |

The rest is as in 4.0.4: the order in which queues wake, libdl and the shell.
`;
