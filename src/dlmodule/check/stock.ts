/** Names in the RTMSymTab of a stock RT-Thread 4.0.4 (bsp/qemu-vexpress-a9, default configuration). */
export const STOCK_404: ReadonlySet<string> = new Set(
  `
    __assert_func _pthread_cond_timedwait _rt_errno abort accept asctime asctime_r bind chdir
    clock clock_getres clock_gettime clock_settime clock_time_to_tick close closedir closesocket
    connect ctime ctime_r dfs_normalize_path dfs_subdir dhcp_renew dhcp_start dhcp_stop difftime
    dlclose dlerror dlmodule_find dlopen dlsym exit fcntl freeaddrinfo fstat fsync ftruncate
    fwrite getaddrinfo getcwd getegid geteuid getgid gethostbyname gethostbyname_r getpeername
    getpid getppid getsockname getsockopt gettimeofday getuid gmtime gmtime_r ioctl ioctlsocket
    isatty listen localtime localtime_r longjmp lseek lwip_accept lwip_bind lwip_close
    lwip_connect lwip_fcntl lwip_freeaddrinfo lwip_getaddrinfo lwip_gethostbyname
    lwip_gethostbyname_r lwip_getpeername lwip_getsockname lwip_getsockopt lwip_htonl lwip_htons
    lwip_ioctl lwip_listen lwip_read lwip_recv lwip_recvfrom lwip_select lwip_send lwip_sendto
    lwip_setsockopt lwip_shutdown lwip_socket lwip_write memchr memcmp memcpy memmove memset mkdir
    mktime mmcsd_wait_cd_changed mq_close mq_getattr mq_notify mq_open mq_receive mq_send
    mq_setattr mq_timedreceive mq_timedsend mq_unlink netif_find netif_set_addr netif_set_gw
    netif_set_ipaddr netif_set_link_callback netif_set_netmask netif_set_status_callback
    netifapi_netif_set_addr open opendir printf pthread_atfork pthread_attr_destroy
    pthread_attr_getdetachstate pthread_attr_getguardsize pthread_attr_getschedparam
    pthread_attr_getschedpolicy pthread_attr_getscope pthread_attr_getstack
    pthread_attr_getstackaddr pthread_attr_getstacksize pthread_attr_init
    pthread_attr_setdetachstate pthread_attr_setschedparam pthread_attr_setschedpolicy
    pthread_attr_setscope pthread_attr_setstack pthread_attr_setstackaddr
    pthread_attr_setstacksize pthread_barrier_destroy pthread_barrier_init pthread_barrier_wait
    pthread_barrierattr_destroy pthread_barrierattr_getpshared pthread_barrierattr_init
    pthread_barrierattr_setpshared pthread_cancel pthread_cleanup_pop pthread_cleanup_push
    pthread_cond_broadcast pthread_cond_destroy pthread_cond_init pthread_cond_signal
    pthread_cond_timedwait pthread_cond_wait pthread_condattr_destroy pthread_condattr_getclock
    pthread_condattr_getpshared pthread_condattr_init pthread_condattr_setclock
    pthread_condattr_setpshared pthread_create pthread_detach pthread_exit pthread_getspecific
    pthread_join pthread_key_create pthread_key_delete pthread_kill pthread_mutex_destroy
    pthread_mutex_init pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock
    pthread_mutexattr_destroy pthread_mutexattr_getpshared pthread_mutexattr_gettype
    pthread_mutexattr_init pthread_mutexattr_setpshared pthread_mutexattr_settype pthread_once
    pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_timedrdlock
    pthread_rwlock_timedwrlock pthread_rwlock_tryrdlock pthread_rwlock_trywrlock
    pthread_rwlock_unlock pthread_rwlock_wrlock pthread_rwlockattr_destroy
    pthread_rwlockattr_getpshared pthread_rwlockattr_init pthread_rwlockattr_setpshared
    pthread_self pthread_setcancelstate pthread_setcanceltype pthread_setspecific
    pthread_testcancel putchar puts rand read readdir recv recvfrom rename rewinddir rmdir
    rt_assert_handler rt_calloc rt_completion_done rt_completion_init rt_completion_wait
    rt_console_get_device rt_console_set_device rt_cpus_lock rt_cpus_lock_status_restore
    rt_cpus_unlock rt_critical_level rt_data_queue_deinit rt_data_queue_init rt_data_queue_len
    rt_data_queue_peek rt_data_queue_pop rt_data_queue_push rt_data_queue_reset rt_device_close
    rt_device_control rt_device_create rt_device_destroy rt_device_find rt_device_open
    rt_device_read rt_device_register rt_device_set_rx_indicate rt_device_set_tx_complete
    rt_device_unregister rt_device_write rt_enter_critical rt_event_control rt_event_create
    rt_event_delete rt_event_detach rt_event_init rt_event_recv rt_event_send rt_exit_critical
    rt_free rt_free_align rt_get_errno rt_hw_console_output rt_hw_interrupt_disable
    rt_hw_interrupt_enable rt_interrupt_enter rt_interrupt_get_nest rt_interrupt_leave rt_kprintf
    rt_malloc rt_malloc_align rt_mb_control rt_mb_create rt_mb_delete rt_mb_detach rt_mb_init
    rt_mb_recv rt_mb_send rt_mb_send_wait rt_mb_urgent rt_memcmp rt_memcpy rt_memheap_alloc
    rt_memheap_detach rt_memheap_free rt_memheap_init rt_memheap_realloc rt_memmove rt_memset
    rt_mp_alloc rt_mp_create rt_mp_delete rt_mp_detach rt_mp_free rt_mp_init rt_mq_control
    rt_mq_create rt_mq_delete rt_mq_detach rt_mq_init rt_mq_recv rt_mq_send rt_mq_send_wait
    rt_mq_urgent rt_mutex_control rt_mutex_create rt_mutex_delete rt_mutex_detach rt_mutex_init
    rt_mutex_release rt_mutex_take rt_object_get_information rt_object_get_length
    rt_object_get_pointers rt_rbb_blk_alloc rt_rbb_blk_buf rt_rbb_blk_free rt_rbb_blk_get
    rt_rbb_blk_put rt_rbb_blk_queue_buf rt_rbb_blk_queue_free rt_rbb_blk_queue_get
    rt_rbb_blk_queue_len rt_rbb_blk_size rt_rbb_create rt_rbb_destroy rt_rbb_get_buf_size
    rt_rbb_init rt_rbb_next_blk_queue_len rt_realloc rt_ringbuffer_create rt_ringbuffer_data_len
    rt_ringbuffer_destroy rt_ringbuffer_get rt_ringbuffer_getchar rt_ringbuffer_init
    rt_ringbuffer_peak rt_ringbuffer_put rt_ringbuffer_put_force rt_ringbuffer_putchar
    rt_ringbuffer_putchar_force rt_ringbuffer_reset rt_sem_control rt_sem_create rt_sem_delete
    rt_sem_detach rt_sem_init rt_sem_release rt_sem_take rt_sem_trytake rt_set_errno
    rt_show_version rt_snprintf rt_spin_lock rt_spin_lock_init rt_spin_lock_irqsave rt_spin_unlock
    rt_spin_unlock_irqrestore rt_sprintf rt_strcasecmp rt_strcmp rt_strdup rt_strlen rt_strncmp
    rt_strncpy rt_strnlen rt_strstr rt_thread_control rt_thread_create rt_thread_delay
    rt_thread_delay_until rt_thread_delete rt_thread_detach rt_thread_find rt_thread_init
    rt_thread_mdelay rt_thread_resume rt_thread_self rt_thread_startup rt_thread_suspend
    rt_thread_timeout rt_thread_yield rt_tick_from_millisecond rt_tick_get rt_timer_control
    rt_timer_create rt_timer_delete rt_timer_detach rt_timer_init rt_timer_start rt_timer_stop
    rt_vsnprintf rt_vsprintf sched_get_priority_max sched_get_priority_min sched_setscheduler
    sched_yield seekdir sem_close sem_destroy sem_getvalue sem_init sem_open sem_post
    sem_timedwait sem_trywait sem_unlink sem_wait send sendto setjmp setsockopt settimeofday
    shutdown sleep snprintf socket sprintf stat statfs stime strcat strchr strcmp strcpy strftime
    strlen strncmp strncpy strstr strtol strtoul system telldir time timegm ttyname unlink usleep
    write
  `
    .trim()
    .split(/\s+/),
);
