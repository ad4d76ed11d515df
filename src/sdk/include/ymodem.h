/* File transfer by YMODEM over a device, as components/utilities/ymodem of RT-Thread 4.0.4. */
#ifndef YMODEM_H__
#define YMODEM_H__

#include <rtthread.h>

enum rym_code {
    RYM_CODE_NONE = 0x00,
    RYM_CODE_SOH = 0x01,
    RYM_CODE_STX = 0x02,
    RYM_CODE_EOT = 0x04,
    RYM_CODE_ACK = 0x06,
    RYM_CODE_NAK = 0x15,
    RYM_CODE_CAN = 0x18,
    RYM_CODE_C = 0x43,
};

/* Results, negative: time-out, wrong code, wrong number, wrong checksum, too little data, cancelled, no acknowledgement, file, memory. */
#define RYM_ERR_TMO 0x70
#define RYM_ERR_CODE 0x71
#define RYM_ERR_SEQ 0x72
#define RYM_ERR_CRC 0x73
#define RYM_ERR_DSZ 0x74
#define RYM_ERR_CAN 0x75
#define RYM_ERR_ACK 0x76
#define RYM_ERR_FILE 0x77
#define RYM_ERR_MEM 0x78

enum rym_stage {
    RYM_STAGE_NONE,
    RYM_STAGE_ESTABLISHING,
    RYM_STAGE_ESTABLISHED,
    RYM_STAGE_TRANSMITTING,
    RYM_STAGE_FINISHING,
    RYM_STAGE_FINISHED,
};

struct rym_ctx;
typedef enum rym_code (*rym_callback)(struct rym_ctx *ctx, rt_uint8_t *buf, rt_size_t len);

struct rym_ctx {
    rym_callback on_data;
    rym_callback on_begin;
    rym_callback on_end;
    enum rym_stage stage;
    rt_uint8_t *buf;
    struct rt_semaphore sem;
    rt_device_t dev;
};

rt_err_t rym_recv_on_device(struct rym_ctx *ctx, rt_device_t dev, rt_uint16_t oflag, rym_callback on_begin,
                            rym_callback on_data, rym_callback on_end, int handshake_timeout);
rt_err_t rym_send_on_device(struct rym_ctx *ctx, rt_device_t dev, rt_uint16_t oflag, rym_callback on_begin,
                            rym_callback on_data, rym_callback on_end, int handshake_timeout);

#endif
