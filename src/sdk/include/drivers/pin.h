/* Pins of the device "pin": read, write and control take these structures. */
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
