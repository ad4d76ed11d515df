/* What a module may ask of the hardware: locking interrupts and raw console output. */
#ifndef RT_HW_H__
#define RT_HW_H__

#include <rtthread.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HWREG32(x) (*((volatile rt_uint32_t *)(x)))
#define HWREG16(x) (*((volatile rt_uint16_t *)(x)))
#define HWREG8(x) (*((volatile rt_uint8_t *)(x)))

rt_base_t rt_hw_interrupt_disable(void);
void rt_hw_interrupt_enable(rt_base_t level);
void rt_hw_console_output(const char *str);
void rt_hw_us_delay(rt_uint32_t us);

#ifdef __cplusplus
}
#endif

#endif
