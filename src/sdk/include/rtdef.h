/*
 * Types, constants and object layouts of RT-Thread 4.0.4 (32-bit ARM, one processor, RT_USING_MODULE, no signals).
 * The numbers beside the structures are byte offsets.
 *
 * With -DRTT_SIM_ABI=5 they are those of RT-Thread 5.1 (with RT_USING_DEBUG and RT_USING_LIBC), for `rtt-sim --abi 5.x`.
 */
#ifndef RT_DEF_H__
#define RT_DEF_H__

#include <rtconfig.h>
#include <signal.h>
#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef RTT_SIM_ABI
#define RTT_SIM_ABI 4
#endif

#if RTT_SIM_ABI == 5
#include <errno.h>
#define RT_VERSION 5L
#define RT_SUBVERSION 1L
#define RT_REVISION 0L
#define RT_VERSION_MAJOR 5
#define RT_VERSION_MINOR 1
#define RT_VERSION_PATCH 0
#else
#define RT_VERSION 4L
#define RT_SUBVERSION 0L
#define RT_REVISION 4L
#endif
#define RTTHREAD_VERSION (RT_VERSION * 10000 + RT_SUBVERSION * 100 + RT_REVISION)

/* ---- basic types ---- */

typedef signed char rt_int8_t;
typedef signed short rt_int16_t;
typedef signed int rt_int32_t;
typedef signed long long rt_int64_t;
typedef unsigned char rt_uint8_t;
typedef unsigned short rt_uint16_t;
typedef unsigned int rt_uint32_t;
typedef unsigned long long rt_uint64_t;

typedef int rt_bool_t;
typedef long rt_base_t;
typedef unsigned long rt_ubase_t;

typedef rt_base_t rt_err_t;
typedef rt_uint32_t rt_time_t;
typedef rt_uint32_t rt_tick_t;
typedef rt_base_t rt_flag_t;
typedef rt_ubase_t rt_size_t;
typedef rt_ubase_t rt_dev_t;
typedef rt_base_t rt_off_t;
typedef rt_base_t rt_ssize_t;
/* What reading from and writing to a device give: signed since 5.0. */
#if RTT_SIM_ABI == 5
#define RT_DEVICE_SIZE rt_ssize_t
#else
#define RT_DEVICE_SIZE rt_size_t
#endif

#define RT_TRUE 1
#define RT_FALSE 0
#define RT_NULL (0)

#define RT_UINT8_MAX 0xff
#define RT_UINT16_MAX 0xffff
#define RT_UINT32_MAX 0xffffffff
#define RT_TICK_MAX RT_UINT32_MAX

#define RT_SEM_VALUE_MAX RT_UINT16_MAX
#define RT_MUTEX_VALUE_MAX RT_UINT16_MAX
#define RT_MUTEX_HOLD_MAX RT_UINT8_MAX
#define RT_MB_ENTRY_MAX RT_UINT16_MAX
#define RT_MQ_ENTRY_MAX RT_UINT16_MAX

/* ---- compiler ---- */

#define SECTION(name) __attribute__((section(name)))
#define RT_UNUSED __attribute__((unused))
#define RT_USED __attribute__((used))
#define RT_WEAK __attribute__((weak))
#define ALIGN(n) __attribute__((aligned(n)))
#define rt_inline static __inline
#define RTT_API

#define RT_ALIGN(size, align) (((size) + (align) - 1) & ~((align) - 1))
#define RT_ALIGN_DOWN(size, align) ((size) & ~((align) - 1))

/* The kernel never looks at a module's initialisation table: these put the pointer there and nothing calls it. */
typedef int (*init_fn_t)(void);
#define INIT_EXPORT(fn, level) RT_USED const init_fn_t __rt_init_##fn SECTION(".rti_fn." level) = fn
#define INIT_BOARD_EXPORT(fn) INIT_EXPORT(fn, "1")
#define INIT_PREV_EXPORT(fn) INIT_EXPORT(fn, "2")
#define INIT_DEVICE_EXPORT(fn) INIT_EXPORT(fn, "3")
#define INIT_COMPONENT_EXPORT(fn) INIT_EXPORT(fn, "4")
#define INIT_ENV_EXPORT(fn) INIT_EXPORT(fn, "5")
#define INIT_APP_EXPORT(fn) INIT_EXPORT(fn, "6")

/* ---- error codes; functions return them negated ---- */

#define RT_EOK 0
#if RTT_SIM_ABI == 5
#define RT_ERROR 255
#define RT_ETIMEOUT ETIMEDOUT
#define RT_EFULL ENOSPC
#define RT_EEMPTY ENODATA
#define RT_ENOMEM ENOMEM
#define RT_ENOSYS ENOSYS
#define RT_EBUSY EBUSY
#define RT_EIO EIO
#define RT_EINTR EINTR
#define RT_EINVAL EINVAL
#else
#define RT_ERROR 1
#define RT_ETIMEOUT 2
#define RT_EFULL 3
#define RT_EEMPTY 4
#define RT_ENOMEM 5
#define RT_ENOSYS 6
#define RT_EBUSY 7
#define RT_EIO 8
#define RT_EINTR 9
#define RT_EINVAL 10
#endif

/* ---- lists ---- */

struct rt_list_node {
    struct rt_list_node *next; /* 0 */
    struct rt_list_node *prev; /* 4 */
};
typedef struct rt_list_node rt_list_t;

struct rt_slist_node {
    struct rt_slist_node *next;
};
typedef struct rt_slist_node rt_slist_t;

/* ---- kernel objects ---- */

/* The name is padded with zeros and has no terminator when it fills all RT_NAME_MAX characters. */
struct rt_object {
    char name[RT_NAME_MAX]; /* 0 */
    rt_uint8_t type;        /* 8: class, with RT_Object_Class_Static when the caller owns the memory */
    rt_uint8_t flag;        /* 9 */
    void *module_id;        /* 12: module that owns the object */
    rt_list_t list;         /* 16 */
};
typedef struct rt_object *rt_object_t;

enum rt_object_class_type {
    RT_Object_Class_Null = 0,
    RT_Object_Class_Thread = 1,
    RT_Object_Class_Semaphore = 2,
    RT_Object_Class_Mutex = 3,
    RT_Object_Class_Event = 4,
    RT_Object_Class_MailBox = 5,
    RT_Object_Class_MessageQueue = 6,
    RT_Object_Class_MemHeap = 7,
    RT_Object_Class_MemPool = 8,
    RT_Object_Class_Device = 9,
    RT_Object_Class_Timer = 10,
    RT_Object_Class_Module = 11,
#if RTT_SIM_ABI == 5
    RT_Object_Class_Memory = 12,
    RT_Object_Class_Channel = 13,
    RT_Object_Class_ProcessGroup = 14,
    RT_Object_Class_Session = 15,
    RT_Object_Class_Custom = 16,
    RT_Object_Class_Unknown = 17,
#else
    RT_Object_Class_Unknown = 12,
#endif
    RT_Object_Class_Static = 0x80
};

struct rt_object_information {
    enum rt_object_class_type type;
    rt_list_t object_list;
    rt_size_t object_size;
};

/* ---- timers ---- */

#define RT_TIMER_SKIP_LIST_LEVEL 1

#define RT_TIMER_FLAG_DEACTIVATED 0x0
#define RT_TIMER_FLAG_ACTIVATED 0x1
#define RT_TIMER_FLAG_ONE_SHOT 0x0
#define RT_TIMER_FLAG_PERIODIC 0x2
#define RT_TIMER_FLAG_HARD_TIMER 0x0
#define RT_TIMER_FLAG_SOFT_TIMER 0x4

#define RT_TIMER_CTRL_SET_TIME 0x0
#define RT_TIMER_CTRL_GET_TIME 0x1
#define RT_TIMER_CTRL_SET_ONESHOT 0x2
#define RT_TIMER_CTRL_SET_PERIODIC 0x3
#define RT_TIMER_CTRL_GET_STATE 0x4
#if RTT_SIM_ABI == 5
#define RT_TIMER_FLAG_THREAD_TIMER 0x8
#define RT_TIMER_CTRL_GET_REMAIN_TIME 0x5
#define RT_TIMER_CTRL_GET_FUNC 0x6
#define RT_TIMER_CTRL_SET_FUNC 0x7
#define RT_TIMER_CTRL_GET_PARM 0x8
#define RT_TIMER_CTRL_SET_PARM 0x9
#endif

struct rt_timer {
    struct rt_object parent;                 /* 0 */
    rt_list_t row[RT_TIMER_SKIP_LIST_LEVEL]; /* 24 */
    void (*timeout_func)(void *parameter);   /* 32 */
    void *parameter;                         /* 36 */
    rt_tick_t init_tick;                     /* 40 */
    rt_tick_t timeout_tick;                  /* 44 */
};
typedef struct rt_timer *rt_timer_t;

/* ---- threads ---- */

/* What may wake a thread that rt_thread_suspend_with_flag suspends (5.0). */
enum { RT_INTERRUPTIBLE = 0, RT_KILLABLE, RT_UNINTERRUPTIBLE };

#define RT_THREAD_INIT 0x00
#define RT_THREAD_RUNNING 0x03
#if RTT_SIM_ABI == 5
#define RT_THREAD_CLOSE 0x01
#define RT_THREAD_READY 0x02
/* A suspended thread has this bit; the others say what may wake it. */
#define RT_THREAD_SUSPEND_MASK 0x04
#define RT_THREAD_SUSPEND_INTERRUPTIBLE 0x04
#define RT_THREAD_SUSPEND_KILLABLE 0x06
#define RT_THREAD_SUSPEND_UNINTERRUPTIBLE 0x07
#define RT_THREAD_SUSPEND RT_THREAD_SUSPEND_INTERRUPTIBLE
#else
#define RT_THREAD_READY 0x01
#define RT_THREAD_SUSPEND 0x02
#define RT_THREAD_CLOSE 0x04
#endif
#define RT_THREAD_BLOCK RT_THREAD_SUSPEND
#define RT_THREAD_STAT_MASK 0x07
#define RT_THREAD_STAT_YIELD 0x08
#define RT_THREAD_STAT_YIELD_MASK RT_THREAD_STAT_YIELD
#define RT_THREAD_STAT_SIGNAL 0x10
#define RT_THREAD_STAT_SIGNAL_READY (RT_THREAD_STAT_SIGNAL | RT_THREAD_READY)
#define RT_THREAD_STAT_SIGNAL_WAIT 0x20
#define RT_THREAD_STAT_SIGNAL_PENDING 0x40
#define RT_THREAD_STAT_SIGNAL_MASK 0xf0

#define RT_THREAD_CTRL_STARTUP 0x00
#define RT_THREAD_CTRL_CLOSE 0x01
#define RT_THREAD_CTRL_CHANGE_PRIORITY 0x02
#define RT_THREAD_CTRL_INFO 0x03
#define RT_THREAD_CTRL_BIND_CPU 0x04

#if RTT_SIM_ABI == 5

#define RT_THREAD_CTRL_RESET_PRIORITY 0x05

/* On one processor a spin lock is the scheduler's lock. */
struct rt_spinlock {
    rt_uint32_t critical_level; /* 0 */
    rt_ubase_t lock;            /* 4 */
};

struct rt_sched_thread_priv {
    rt_tick_t init_tick;         /* 0 */
    rt_tick_t remaining_tick;    /* 4 */
    rt_uint8_t current_priority; /* 8 */
    rt_uint8_t init_priority;    /* 9 */
    rt_uint32_t number_mask;     /* 12 */
};

struct rt_sched_thread_ctx {
    rt_list_t thread_list_node; /* 0: in a ready queue or a wait list */
    rt_uint8_t stat;            /* 8 */
    rt_uint8_t sched_flag_locked : 1;
    rt_uint8_t sched_flag_ttmr_set : 1;
    struct rt_sched_thread_priv sched_thread_priv; /* 12 */
};

#define RT_SCHED_CTX(thread) ((thread)->sched_thread_ctx)
#define RT_SCHED_PRIV(thread) ((thread)->sched_thread_ctx.sched_thread_priv)

struct rt_thread {
    struct rt_object parent;      /* 0 */
    void *sp;                     /* 24 */
    void *entry;                  /* 28 */
    void *parameter;              /* 32 */
    void *stack_addr;             /* 36 */
    rt_uint32_t stack_size;       /* 40 */
    rt_err_t error;               /* 44: also errno */
    struct rt_sched_thread_ctx sched_thread_ctx; /* 48 */
    struct rt_timer thread_timer; /* 76 */
    void (*cleanup)(struct rt_thread *tid); /* 124 */
    rt_list_t taken_object_list;  /* 128: mutexes */
    rt_object_t pending_object;   /* 136: the mutex it waits for */
    rt_uint32_t event_set;        /* 140 */
    rt_uint8_t event_info;        /* 144 */
    void *pthread_data;           /* 148 */
    struct rt_spinlock spinlock;  /* 152 */
    rt_ubase_t user_data;         /* 160 */
};

#else

struct rt_thread {
    /* the members of struct rt_object, in place */
    char name[RT_NAME_MAX]; /* 0 */
    rt_uint8_t type;        /* 8 */
    rt_uint8_t flags;       /* 9 */
    void *module_id;        /* 12 */
    rt_list_t list;         /* 16 */

    rt_list_t tlist;            /* 24: in a ready queue or a wait list */
    void *sp;                   /* 32 */
    void *entry;                /* 36 */
    void *parameter;            /* 40 */
    void *stack_addr;           /* 44 */
    rt_uint32_t stack_size;     /* 48 */
    rt_err_t error;             /* 52: also errno */
    rt_uint8_t stat;            /* 56 */
    rt_uint8_t current_priority; /* 57 */
    rt_uint8_t init_priority;   /* 58 */
    rt_uint32_t number_mask;    /* 60 */
    rt_uint32_t event_set;      /* 64 */
    rt_uint8_t event_info;      /* 68 */
    rt_ubase_t init_tick;       /* 72 */
    rt_ubase_t remaining_tick;  /* 76 */
    struct rt_timer thread_timer; /* 80 */
    void (*cleanup)(struct rt_thread *tid); /* 128 */
    rt_ubase_t user_data;       /* 132 */
};

/* On one processor a spin lock is the scheduler's lock. */
struct rt_spinlock {
    rt_ubase_t critical_level;
};

#endif

typedef struct rt_thread *rt_thread_t;

/* what rt_thread_wakeup calls */
typedef int (*rt_wakeup_func_t)(void *object, struct rt_thread *thread);

typedef struct rt_spinlock rt_spinlock_t;
typedef struct rt_spinlock rt_hw_spinlock_t;

/* ---- signals ---- */

#define RT_SIG_MAX 32

typedef unsigned long rt_sigset_t; /* bit n: signal n */
typedef void (*rt_sighandler_t)(int signo);
#if __POSIX_VISIBLE >= 199309
typedef siginfo_t rt_siginfo_t;
#else
typedef struct {
    int si_signo;
    int si_code;
    union {
        int sival_int;
        void *sival_ptr;
    } si_value;
} rt_siginfo_t;
#endif

/* ---- inter-thread communication ---- */

#define RT_IPC_FLAG_FIFO 0x00
#define RT_IPC_FLAG_PRIO 0x01

#define RT_IPC_CMD_UNKNOWN 0x00
#define RT_IPC_CMD_RESET 0x01
#if RTT_SIM_ABI == 5
#define RT_IPC_CMD_GET_STATE 0x02
#define RT_IPC_CMD_SET_VLIMIT 0x03
#endif

#define RT_WAITING_FOREVER -1
#define RT_WAITING_NO 0

struct rt_ipc_object {
    struct rt_object parent;  /* 0 */
    rt_list_t suspend_thread; /* 24 */
};

struct rt_semaphore {
    struct rt_ipc_object parent; /* 0 */
    rt_uint16_t value;           /* 32 */
#if RTT_SIM_ABI == 5
    rt_uint16_t max_value;       /* 34 */
    struct rt_spinlock spinlock; /* 36 */
#else
    rt_uint16_t reserved;        /* 34 */
#endif
};
typedef struct rt_semaphore *rt_sem_t;

struct rt_mutex {
    struct rt_ipc_object parent; /* 0 */
#if RTT_SIM_ABI == 5
    rt_uint8_t ceiling_priority; /* 32: 0xff for none */
    rt_uint8_t priority;         /* 33: the best one that waits */
    rt_uint8_t hold;             /* 34 */
    rt_uint8_t reserved;         /* 35 */
    struct rt_thread *owner;     /* 36 */
    rt_list_t taken_list;        /* 40: of its owner */
    struct rt_spinlock spinlock; /* 48 */
#else
    rt_uint16_t value;           /* 32: 1 when free */
    rt_uint8_t original_priority; /* 34 */
    rt_uint8_t hold;             /* 35 */
    struct rt_thread *owner;     /* 36 */
#endif
};
typedef struct rt_mutex *rt_mutex_t;

#define RT_EVENT_FLAG_AND 0x01
#define RT_EVENT_FLAG_OR 0x02
#define RT_EVENT_FLAG_CLEAR 0x04
#define RT_EVENT_LENGTH 32

struct rt_event {
    struct rt_ipc_object parent; /* 0 */
    rt_uint32_t set;             /* 32 */
#if RTT_SIM_ABI == 5
    struct rt_spinlock spinlock; /* 36 */
#endif
};
typedef struct rt_event *rt_event_t;

struct rt_mailbox {
    struct rt_ipc_object parent;     /* 0 */
    rt_ubase_t *msg_pool;            /* 32 */
    rt_uint16_t size;                /* 36: in mails */
    rt_uint16_t entry;               /* 38 */
    rt_uint16_t in_offset;           /* 40 */
    rt_uint16_t out_offset;          /* 42 */
    rt_list_t suspend_sender_thread; /* 44 */
#if RTT_SIM_ABI == 5
    struct rt_spinlock spinlock;     /* 52 */
#endif
};
typedef struct rt_mailbox *rt_mailbox_t;

struct rt_messagequeue {
    struct rt_ipc_object parent;     /* 0 */
    void *msg_pool;                  /* 32: slots of a next pointer and msg_size bytes */
    rt_uint16_t msg_size;            /* 36 */
    rt_uint16_t max_msgs;            /* 38 */
    rt_uint16_t entry;               /* 40 */
    void *msg_queue_head;            /* 44 */
    void *msg_queue_tail;            /* 48 */
    void *msg_queue_free;            /* 52 */
    rt_list_t suspend_sender_thread; /* 56 */
#if RTT_SIM_ABI == 5
    struct rt_spinlock spinlock;     /* 64 */
#endif
};
typedef struct rt_messagequeue *rt_mq_t;

/* ---- memory ---- */

struct rt_mempool {
    struct rt_object parent;     /* 0 */
    void *start_address;         /* 24 */
    rt_size_t size;              /* 28 */
    rt_size_t block_size;        /* 32 */
    rt_uint8_t *block_list;      /* 36 */
    rt_size_t block_total_count; /* 40 */
    rt_size_t block_free_count;  /* 44 */
    rt_list_t suspend_thread;    /* 48 */
#if RTT_SIM_ABI == 5
    struct rt_spinlock spinlock; /* 56 */
#endif
};
typedef struct rt_mempool *rt_mp_t;

struct rt_memheap_item {
    rt_uint32_t magic;                 /* 0: 0x1ea01ea0, bit 0 set while in use */
    struct rt_memheap *pool_ptr;       /* 4 */
    struct rt_memheap_item *next;      /* 8 */
    struct rt_memheap_item *prev;      /* 12 */
    struct rt_memheap_item *next_free; /* 16 */
    struct rt_memheap_item *prev_free; /* 20 */
    rt_uint8_t owner_thread_name[4];   /* 24 */
};

struct rt_memheap {
    struct rt_object parent;            /* 0 */
    void *start_addr;                   /* 24 */
    rt_size_t pool_size;                /* 28 */
    rt_size_t available_size;           /* 32 */
    rt_size_t max_used_size;            /* 36 */
    struct rt_memheap_item *block_list; /* 40 */
    struct rt_memheap_item *free_list;  /* 44 */
    struct rt_memheap_item free_header; /* 48 */
    struct rt_semaphore lock;           /* 76 */
#if RTT_SIM_ABI == 5
    rt_bool_t locked;                   /* 120 */
#endif
};

struct rt_memory; /* a heap of the program's own, made by rt_smem_init */
typedef struct rt_memory *rt_smem_t;

/* ---- devices ---- */

enum rt_device_class_type {
    RT_Device_Class_Char = 0,
    RT_Device_Class_Block,
    RT_Device_Class_NetIf,
    RT_Device_Class_MTD,
    RT_Device_Class_CAN,
    RT_Device_Class_RTC,
    RT_Device_Class_Sound,
    RT_Device_Class_Graphic,
    RT_Device_Class_I2CBUS,
    RT_Device_Class_USBDevice,
    RT_Device_Class_USBHost,
    RT_Device_Class_SPIBUS,
    RT_Device_Class_SPIDevice,
    RT_Device_Class_SDIO,
    RT_Device_Class_PM,
    RT_Device_Class_Pipe,
    RT_Device_Class_Portal,
    RT_Device_Class_Timer,
    RT_Device_Class_Miscellaneous,
    RT_Device_Class_Sensor,
    RT_Device_Class_Touch,
    RT_Device_Class_PHY,
    RT_Device_Class_Unknown
};

#define RT_DEVICE_FLAG_DEACTIVATE 0x000
#define RT_DEVICE_FLAG_RDONLY 0x001
#define RT_DEVICE_FLAG_WRONLY 0x002
#define RT_DEVICE_FLAG_RDWR 0x003
#define RT_DEVICE_FLAG_REMOVABLE 0x004
#define RT_DEVICE_FLAG_STANDALONE 0x008
#define RT_DEVICE_FLAG_ACTIVATED 0x010
#define RT_DEVICE_FLAG_SUSPENDED 0x020
#define RT_DEVICE_FLAG_STREAM 0x040
#define RT_DEVICE_FLAG_INT_RX 0x100
#define RT_DEVICE_FLAG_DMA_RX 0x200
#define RT_DEVICE_FLAG_INT_TX 0x400
#define RT_DEVICE_FLAG_DMA_TX 0x800

#define RT_DEVICE_OFLAG_CLOSE 0x000
#define RT_DEVICE_OFLAG_RDONLY 0x001
#define RT_DEVICE_OFLAG_WRONLY 0x002
#define RT_DEVICE_OFLAG_RDWR 0x003
#define RT_DEVICE_OFLAG_OPEN 0x008
#define RT_DEVICE_OFLAG_MASK 0xf0f

#define RT_DEVICE_CTRL_RESUME 0x01
#define RT_DEVICE_CTRL_SUSPEND 0x02
#define RT_DEVICE_CTRL_CONFIG 0x03
#define RT_DEVICE_CTRL_CLOSE 0x04
#if RTT_SIM_ABI == 5
#define RT_DEVICE_FLAG_DYNAMIC 0x080
#define RT_DEVICE_CTRL_BASE(Type) ((RT_Device_Class_##Type + 1) * 0x100)
#define RT_DEVICE_CTRL_SET_INT 0x06
#define RT_DEVICE_CTRL_CLR_INT 0x07
#define RT_DEVICE_CTRL_GET_INT 0x08
#define RT_DEVICE_CTRL_CONSOLE_OFLAG 0x09
#define RT_DEVICE_CTRL_BLK_GETGEOME (RT_DEVICE_CTRL_BASE(Block) + 1)
#define RT_DEVICE_CTRL_BLK_SYNC (RT_DEVICE_CTRL_BASE(Block) + 2)
#define RT_DEVICE_CTRL_BLK_ERASE (RT_DEVICE_CTRL_BASE(Block) + 3)
#define RT_DEVICE_CTRL_RTC_GET_TIME (RT_DEVICE_CTRL_BASE(RTC) + 1)
#define RT_DEVICE_CTRL_RTC_SET_TIME (RT_DEVICE_CTRL_BASE(RTC) + 2)
#else
#define RT_DEVICE_CTRL_SET_INT 0x10
#define RT_DEVICE_CTRL_CLR_INT 0x11
#define RT_DEVICE_CTRL_GET_INT 0x12
#define RT_DEVICE_CTRL_BLK_GETGEOME 0x10
#define RT_DEVICE_CTRL_BLK_SYNC 0x11
#define RT_DEVICE_CTRL_BLK_ERASE 0x12
#define RT_DEVICE_CTRL_BLK_AUTOREFRESH 0x13
#define RT_DEVICE_CTRL_RTC_GET_TIME 0x10
#define RT_DEVICE_CTRL_RTC_SET_TIME 0x11
#define RT_DEVICE_CTRL_RTC_GET_TIME_US 0x12
#define RT_DEVICE_CTRL_RTC_SET_TIME_US 0x13
#define RT_DEVICE_CTRL_RTC_GET_ALARM 0x14
#define RT_DEVICE_CTRL_RTC_SET_ALARM 0x15
#endif

typedef struct rt_device *rt_device_t;

struct rt_device_ops {
    rt_err_t (*init)(rt_device_t dev);
    rt_err_t (*open)(rt_device_t dev, rt_uint16_t oflag);
    rt_err_t (*close)(rt_device_t dev);
    RT_DEVICE_SIZE (*read)(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size);
    RT_DEVICE_SIZE (*write)(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size);
    rt_err_t (*control)(rt_device_t dev, int cmd, void *args);
};

struct rt_wqueue {
    rt_uint32_t flag;
    rt_list_t waiting_list;
};
typedef struct rt_wqueue rt_wqueue_t;

struct dfs_file_ops;

struct rt_device {
    struct rt_object parent;        /* 0 */
    enum rt_device_class_type type; /* 24 */
    rt_uint16_t flag;               /* 26 */
    rt_uint16_t open_flag;          /* 28 */
    rt_uint8_t ref_count;           /* 30 */
    rt_uint8_t device_id;           /* 31 */
    rt_err_t (*rx_indicate)(rt_device_t dev, rt_size_t size); /* 32 */
    rt_err_t (*tx_complete)(rt_device_t dev, void *buffer);   /* 36 */
    const struct rt_device_ops *ops; /* 40 */
    const struct dfs_file_ops *fops; /* 44 */
    struct rt_wqueue wait_queue;    /* 48 */
#if RTT_SIM_ABI == 5
    rt_err_t (*readlink)(rt_device_t dev, char *buf, int len); /* 60 */
    void *user_data;                /* 64 */
#else
    void *user_data;                /* 60 */
#endif
};

struct rt_device_blk_geometry {
    rt_uint32_t sector_count;
    rt_uint32_t bytes_per_sector;
    rt_uint32_t block_size;
};

struct rt_device_blk_sectors {
    rt_uint32_t sector_begin;
    rt_uint32_t sector_end;
};

/* ---- heaps of rt_smem_init; that of the system is one as well in 5.x, named "heap" ---- */

struct rt_memory {
    struct rt_object parent; /* 0 */
    const char *algorithm;   /* 24 */
    rt_ubase_t address;      /* 28 */
    rt_size_t total;         /* 32 */
    rt_size_t used;          /* 36 */
    rt_size_t max;           /* 40 */
};

#ifdef __cplusplus
}
#endif

#endif
