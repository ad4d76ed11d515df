/* Pins: functions, and the device "pin", whose read, write and control take the structures below. */
#ifndef PIN_H__
#define PIN_H__

#include <rtthread.h>

#define PIN_IRQ_PIN_NONE -1

#define PIN_LOW 0x00
#define PIN_HIGH 0x01

#define PIN_MODE_OUTPUT 0x00
#define PIN_MODE_INPUT 0x01
#define PIN_MODE_INPUT_PULLUP 0x02
#define PIN_MODE_INPUT_PULLDOWN 0x03
#define PIN_MODE_OUTPUT_OD 0x04

#define PIN_IRQ_MODE_RISING 0x00
#define PIN_IRQ_MODE_FALLING 0x01
#define PIN_IRQ_MODE_RISING_FALLING 0x02
#define PIN_IRQ_MODE_HIGH_LEVEL 0x03
#define PIN_IRQ_MODE_LOW_LEVEL 0x04

#define PIN_IRQ_DISABLE 0x00
#define PIN_IRQ_ENABLE 0x01

struct rt_device_pin_mode {
    rt_uint16_t pin;
    rt_uint16_t mode;
};

struct rt_device_pin_status {
    rt_uint16_t pin;
    rt_uint16_t status;
};

#ifdef __cplusplus
extern "C" {
#endif

/* RT-Thread 4.0.4 does not export these; rtt-sim does. A pin is 0 to 255; an interrupt handler is called at a change of its level. */
void rt_pin_mode(rt_base_t pin, rt_base_t mode);
void rt_pin_write(rt_base_t pin, rt_base_t value);
int rt_pin_read(rt_base_t pin);
rt_err_t rt_pin_attach_irq(rt_int32_t pin, rt_uint32_t mode, void (*hdr)(void *args), void *args);
rt_err_t rt_pin_detach_irq(rt_int32_t pin);
rt_err_t rt_pin_irq_enable(rt_base_t pin, rt_uint32_t enabled);

#ifdef __cplusplus
}
#endif

/* The device, through the calls of rtthread.h: no function of the kernel's export table is needed. */
rt_inline rt_device_t rt_pin_device(void) {
    static rt_device_t device;

    if (device == RT_NULL) {
        device = rt_device_find("pin");
        if (device != RT_NULL) rt_device_open(device, RT_DEVICE_OFLAG_RDWR);
    }
    return device;
}

#endif
