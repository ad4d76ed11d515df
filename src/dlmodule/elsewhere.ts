/**
 * Functions that RT-Thread has on other boards: by the beginning of their names, the header that declares them, what in rtconfig.h brings
 * them, and why they are not here. Names of the header and the macro are those of RT-Thread 4.0.4.
 */
const FAMILIES: readonly (readonly [
  names: RegExp,
  header: string,
  configuration: string,
  here: string,
])[] = [
  [/^(lwip_(getaddrinfo|freeaddrinfo|gethostby))/, "lwip/netdb.h", "RT_USING_LWIP", "no network"],
  [/^lwip_(htonl|htons|ntohl|ntohs)/, "lwip/def.h", "RT_USING_LWIP", "no network"],
  [/^lwip_/, "lwip/sockets.h", "RT_USING_LWIP", "no network"],
  [/^(netif_|netifapi_)/, "lwip/netif.h and lwip/netifapi.h", "RT_USING_LWIP", "no network"],
  [/^(dhcp_|dhcpd_)/, "lwip/dhcp.h", "RT_LWIP_DHCP", "no network"],
  [/^(tcp_|udp_|pbuf_|ip4?addr_|netconn_|dns_|igmp_)/, "lwip/*.h", "RT_USING_LWIP", "no network"],
  [/^(netdev_)/, "netdev.h", "RT_USING_NETDEV", "no network"],
  [/^(sal_)/, "sal_socket.h", "RT_USING_SAL", "no network"],
  [
    /^(getaddrinfo|freeaddrinfo|gethostbyname(_r)?)$/,
    "netdb.h",
    "RT_USING_SAL with SAL_USING_POSIX",
    "no network",
  ],
  [
    /^(accept|bind|shutdown|getpeername|getsockname|getsockopt|setsockopt|connect|listen|recv|recvfrom|recvmsg|send|sendto|sendmsg|socket|socketpair|closesocket|ioctlsocket)$/,
    "sys/socket.h",
    "RT_USING_SAL with SAL_USING_POSIX",
    "no network",
  ],
  [/^inet_(addr|aton|ntoa|ntop|pton)/, "arpa/inet.h", "RT_USING_SAL", "no network"],
  [/^at_(client|server|obj|exec|resp|port)/, "at.h", "RT_USING_AT", "no modem"],
  [/^rt_wlan_/, "wlan_mgnt.h", "RT_USING_WIFI", "no WLAN"],
  [/^rt_usbh_/, "drivers/usb_host.h", "RT_USING_USB_HOST", "no USB"],
  [/^(rt_usbd_|usbd_)/, "drivers/usb_device.h", "RT_USING_USB_DEVICE", "no USB"],
  [/^(rt_page_alloc|rt_page_free|rt_slab_)/, "rtthread.h", "RT_USING_SLAB", "another allocator"],
  [/^rt_memheap_(info|dump)|^memheap/, "rtthread.h", "RT_USING_MEMHEAP_AS_HEAP", "another heap"],
  [/^rt_spi_/, "drivers/spi.h", "RT_USING_SPI", "no SPI bus"],
  [/^rt_qspi_/, "drivers/spi.h", "RT_USING_QSPI", "no SPI bus"],
  [/^(rt_sfud_|sfud_)/, "sfud.h", "RT_USING_SFUD", "no SPI bus"],
  [/^rt_i2c_/, "drivers/i2c.h", "RT_USING_I2C", "no I2C bus"],
  [/^rt_can_/, "drivers/can.h", "RT_USING_CAN", "no CAN bus"],
  [/^rt_adc_/, "drivers/adc.h", "RT_USING_ADC", "no converter"],
  [/^rt_dac_/, "drivers/dac.h", "RT_USING_DAC", "no converter"],
  [/^rt_pwm_/, "drivers/rt_drv_pwm.h", "RT_USING_PWM", "no PWM"],
  [
    /^rt_hwtimer_|^rt_device_hwtimer_/,
    "drivers/hwtimer.h",
    "RT_USING_HWTIMER",
    "no hardware timer",
  ],
  [/^rt_hw_watchdog_|^rt_watchdog_/, "drivers/watchdog.h", "RT_USING_WDT", "no watchdog"],
  [/^rt_sensor_/, "drivers/sensor.h", "RT_USING_SENSOR", "no sensors"],
  [/^rt_touch_/, "drivers/touch.h", "RT_USING_TOUCH", "no touch panel"],
  [/^rt_audio_/, "drivers/audio.h", "RT_USING_AUDIO", "no sound"],
  [/^rt_mtd_/, "drivers/mtd_nor.h and drivers/mtd_nand.h", "RT_USING_MTD_NOR or _NAND", "no flash"],
  [/^fal_/, "fal.h", "RT_USING_FAL (before 4.1 a package)", "no flash"],
  [/^rt_alarm_/, "drivers/alarm.h", "RT_USING_ALARM", "no alarm of the clock"],
  [/^(rt_pm_)/, "drivers/pm.h", "RT_USING_PM", "no power states"],
  [/^ulog_/, "ulog.h", "RT_USING_ULOG", "no log component; rtdbg.h needs none"],
  [/^(utest_)/, "utest.h", "RT_USING_UTEST", "no test component"],
  [/^rt_vbus_/, "vbus.h", "RT_USING_VBUS", "no bus between processors"],
  [/^lwp_/, "lwp.h", "RT_USING_LWP", "no processes"],
  [/^rt_link_/, "rtlink.h", "RT_USING_RT_LINK", "no link"],
  [/^(rtgui_|rt_gui)/, "rtgui/rtgui.h", "RT_USING_GUIENGINE", "no screen"],
  [/^rym_/, "ymodem.h", "RT_USING_RYM", "only the shell's ry"],
  [/^(mb_|eMB)/, "mb.h", "RT_USING_MODBUS", "no such component"],
  [/^(aio_)/, "posix_aio.h", "RT_USING_POSIX_AIO", "no asynchronous files"],
  [/^epoll_/, "sys/epoll.h", "RT_USING_POSIX_EPOLL (5.1)", "select and poll"],
  [/^eventfd(_read|_write)?$/, "sys/eventfd.h", "RT_USING_POSIX_EVENTFD (5.1)", "pipes"],
  [/^timerfd_/, "sys/timerfd.h", "RT_USING_POSIX_TIMERFD (5.1)", "timer_create"],
  [/^signalfd$/, "sys/signalfd.h", "RT_USING_POSIX_SIGNALFD (5.1)", "sigwait"],
  [/^clock_nanosleep$/, "time.h", "RT_USING_POSIX_CLOCK (5.0)", "nanosleep"],
  [/^(mmap|munmap|mprotect)$/, "sys/mman.h", "RT_USING_POSIX_MMAP", "no mapped files"],
];

const NO_PROCESSES =
  "RT-Thread has no processes: system() runs a program to its end, rt_thread_create or pthread_create a function beside others";
const NO_GROUPS = "RT-Thread has no processes, and no groups or sessions of them";
const NO_PATTERNS = "the C library here has none: bring its source with the module";
const ONE_PROCESSOR = "a GNU extension; the board has one processor";
const ONE_MEMORY =
  "all programs share one memory: rt_sem_find and its relatives, sem_open and mq_open find what has a name";
const NO_USERS = "RT-Thread has no users, and FAT no owners of files";
const NO_LINKS = "FAT has files and directories only";
const NO_TIMES = "nothing here sets the times of a file but writing it";
const NO_PRIORITY = "priorities are those of threads: rt_thread_control or pthread_setschedparam";

/** POSIX and GNU functions that no board of RT-Thread has: by names, their header, and why not. */
const NOWHERE: readonly (readonly [names: RegExp, header: string, why: string])[] = [
  [/^(v?fork|_fork|exec(l|le|lp|v|ve|vp|vpe)|fexecve|_execve|daemon)$/, "unistd.h", NO_PROCESSES],
  [/^(wait|waitpid|wait3|wait4|waitid|_wait)$/, "sys/wait.h", NO_PROCESSES],
  [/^posix_spawn(p|_\w+|attr_\w+)?$/, "spawn.h", NO_PROCESSES],
  [/^p(open|close)$/, "stdio.h", NO_PROCESSES],
  [/^([gs]et(pgid|sid|pgrp)|tc[gs]etpgrp)$/, "unistd.h", NO_GROUPS],
  [/^killpg$/, "signal.h", NO_GROUPS],
  [/^(nice|[gs]etpriority)$/, "unistd.h and sys/resource.h", NO_PRIORITY],
  [/^sigaltstack$/, "signal.h", "a handler runs on the stack of its thread"],
  [/^[gs]etitimer$/, "sys/time.h", "alarm, timer_create and rt_timer_create are here"],
  [/^reg(comp|exec|error|free)$/, "regex.h", NO_PATTERNS],
  [/^glob(free)?$/, "glob.h", NO_PATTERNS],
  [/^word(exp|free)$/, "wordexp.h", NO_PATTERNS],
  [/^n?ftw$/, "ftw.h", "opendir and readdir go through a directory"],
  [
    /^pthread_[gs]etname_np$/,
    "pthread.h",
    "a GNU extension: struct rt_thread, which rt_thread_self() gives, has the name",
  ],
  [/^pthread_(attr_)?[gs]etaffinity_np$/, "pthread.h", ONE_PROCESSOR],
  [/^sched_([gs]etaffinity|getcpu)$/, "sched.h", ONE_PROCESSOR],
  [/^shm_(open|unlink)$/, "sys/mman.h", ONE_MEMORY],
  [/^(shm(get|at|dt|ctl)|sem(get|op|ctl)|msg(get|snd|rcv|ctl)|ftok)$/, "sys/ipc.h", ONE_MEMORY],
  [/^f?chmod$/, "sys/stat.h", NO_USERS],
  [/^([fl]?chown|set(u|g|eu|eg|reu|reg)id|[gs]etgroups|chroot)$/, "unistd.h", NO_USERS],
  [/^getpw(nam|uid)(_r)?$/, "pwd.h", NO_USERS],
  [/^getgr(nam|gid)(_r)?$/, "grp.h", NO_USERS],
  [/^(symlink|readlink|link|_link)$/, "unistd.h", NO_LINKS],
  [/^mk(fifo|nod)$/, "sys/stat.h", NO_LINKS],
  [/^utimes?$/, "utime.h and sys/time.h", NO_TIMES],
  [/^(futimens|utimensat)$/, "sys/stat.h", NO_TIMES],
];

/** Where else a function is, and what would bring it, or why RT-Thread has it nowhere; undefined when nothing is known of it. */
export function foundElsewhere(name: string): string | undefined {
  const family = FAMILIES.find(([names]) => names.test(name));
  if (family === undefined) {
    const nowhere = NOWHERE.find(([names]) => names.test(name));
    return nowhere && `declared in ${nowhere[1]}; ${nowhere[2]}`;
  }
  const [, header, configuration, here] = family;
  return `declared in ${header}; a board configured with ${configuration} has it, this one has ${here}`;
}
