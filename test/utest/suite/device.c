/* Devices: src/device.c of RT-Thread 4.0.4; device manual, "I/O Device Model". */
#include <dfs_posix.h>
#include <drivers/pin.h>
#include <rtdevice.h>

#include "utest.h"

static struct rt_device device;
static rt_err_t init_code, open_code;

static rt_err_t on_init(rt_device_t dev) {
    mark('i');
    return init_code;
}
static rt_err_t on_open(rt_device_t dev, rt_uint16_t flag) {
    mark('o');
    return open_code;
}
static rt_err_t on_close(rt_device_t dev) {
    mark('c');
    return RT_EOK;
}
static rt_size_t on_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size) {
    memset(buffer, '0' + pos, size);
    return size - 1;
}
static rt_size_t on_write(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size) {
    mark(*(const char *)buffer);
    return size + pos;
}
static rt_err_t on_control(rt_device_t dev, int command, void *argument) {
    return command == 5 ? (rt_err_t)(long)argument : -RT_ENOSYS;
}

static const struct rt_device_ops all = {on_init, on_open, on_close, on_read, on_write, on_control};
static const struct rt_device_ops none;
static const struct rt_device_ops only_open = {RT_NULL, on_open};

static void make(const char *name, const struct rt_device_ops *ops, int flags) {
    memset(&device, 0, sizeof(device));
    device.type = RT_Device_Class_Miscellaneous;
    device.ops = ops;
    rule("device.c rt_device_register");
    uassert_int_equal(rt_device_register(&device, name, flags), RT_EOK);
}

/* rt_device_open, rt_device_close: initialised once, the driver opened each time, closed at the last close. */
static void test_life(void) {
    char buffer[8];
    make("mydev", &all, RT_DEVICE_FLAG_RDWR);
    rule("device.c rt_device_register");
    uassert_int_equal(device.ref_count, 0);
    uassert_int_equal(device.open_flag, 0);
    init_code = open_code = RT_EOK;
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_true(device.flag & RT_DEVICE_FLAG_ACTIVATED);
    uassert_true(device.open_flag & RT_DEVICE_OFLAG_OPEN);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDONLY), RT_EOK);
    uassert_int_equal(device.ref_count, 2);
    uassert_str_equal(marks(), "ioo");
    rule("device.c rt_device_read");
    uassert_int_equal(rt_device_read(&device, 3, buffer, 8), 7);
    uassert_buf_equal(buffer, "33333333", 8);
    rule("device.c rt_device_write");
    uassert_int_equal(rt_device_write(&device, 2, "w", 5), 7);
    rule("device.c rt_device_control");
    uassert_int_equal(rt_device_control(&device, 5, (void *)77), 77);
    uassert_int_equal(rt_device_control(&device, 6, RT_NULL), -RT_ENOSYS);
    rule("device.c rt_device_close");
    uassert_int_equal(rt_device_close(&device), RT_EOK);
    uassert_str_equal(marks(), "w");
    uassert_int_equal(rt_device_close(&device), RT_EOK);
    uassert_str_equal(marks(), "c");
    uassert_int_equal(device.open_flag, 0);
    uassert_int_equal(rt_device_close(&device), -RT_ERROR);
    rule("device.c rt_device_unregister");
    uassert_int_equal(rt_device_unregister(&device), RT_EOK);
}

/* What a device that is not open or lacks a function gives. */
static void test_codes(void) {
    char buffer[4];
    make("bare", &none, RT_DEVICE_FLAG_RDWR);
    rt_set_errno(0);
    rule("device.c rt_device_read");
    uassert_int_equal(rt_device_read(&device, 0, buffer, 4), 0);
    uassert_int_equal(rt_get_errno(), -RT_ERROR);
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(&device, 0xffff), RT_EOK);
    /* Without a function for it, the flags are those of the call, masked. */
    uassert_int_equal(device.open_flag, (0xffff & RT_DEVICE_OFLAG_MASK) | RT_DEVICE_OFLAG_OPEN);
    rt_set_errno(0);
    rule("device.c rt_device_write");
    uassert_int_equal(rt_device_write(&device, 0, buffer, 4), 0);
    uassert_int_equal(rt_get_errno(), -RT_ENOSYS);
    rule("device.c rt_device_control");
    uassert_int_equal(rt_device_control(&device, 1, RT_NULL), -RT_ENOSYS);
    rt_device_close(&device);
    rt_device_unregister(&device);
    /* STANDALONE: once at a time. */
    make("alone", &none, RT_DEVICE_FLAG_RDWR | RT_DEVICE_FLAG_STANDALONE);
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), -RT_EBUSY);
    rt_device_close(&device);
    rt_device_unregister(&device);
    /* -RT_ENOSYS of the driver's open counts as success, other codes do not. */
    make("nosys", &only_open, RT_DEVICE_FLAG_RDWR);
    open_code = -RT_ENOSYS;
    uassert_int_equal(rt_device_open(&device, 0), -RT_ENOSYS);
    uassert_int_equal(device.ref_count, 1);
    rt_device_close(&device);
    open_code = -RT_EIO;
    uassert_int_equal(rt_device_open(&device, 0), -RT_EIO);
    uassert_int_equal(device.ref_count, 0);
    rt_device_unregister(&device);
    open_code = RT_EOK;
    make("broken", &all, RT_DEVICE_FLAG_RDWR);
    init_code = -RT_EIO;
    uassert_int_equal(rt_device_open(&device, 0), -RT_EIO);
    uassert_int_equal(device.ref_count, 0);
    init_code = RT_EOK;
    rt_device_unregister(&device);
    rule("device.c rt_device_unregister");
    uassert_str_equal(marks(), "ooi");
    rule("device.c rt_device_register");
    uassert_int_equal(rt_device_register(RT_NULL, "x", 0), -RT_ERROR);
    uassert_int_equal(rt_device_register(&device, "uart0", 0), -RT_ERROR);
}

static rt_err_t indicated(rt_device_t dev, rt_size_t size) {
    return RT_EOK;
}

/* The devices of the board; rt_device_create gives memory behind the structure. */
static void test_board(void) {
    rt_device_t dev = rt_device_find("uart0");
    rule("device.c rt_device_find");
    uassert_not_null(dev);
    uassert_int_equal(dev->type, RT_Device_Class_Char);
    uassert_true(dev->open_flag & RT_DEVICE_FLAG_STREAM);
    uassert_int_equal(rt_device_find("sd0")->type, RT_Device_Class_Block);
    uassert_int_equal(rt_device_find("rtc")->type, RT_Device_Class_RTC);
    uassert_null(rt_device_find("nothing"));
    dev = rt_device_create(RT_Device_Class_Char, 16);
    rule("device.c rt_device_create");
    uassert_not_null(dev);
    uassert_int_equal(dev->type, RT_Device_Class_Char);
    /* It is no object before rt_device_register. */
    uassert_int_equal(dev->parent.type, 0);
    dev->ops = &none;
    rule("device.c rt_device_register");
    uassert_int_equal(rt_device_register(dev, "made", RT_DEVICE_FLAG_RDWR), RT_EOK);
    rule("device.c rt_device_set_rx_indicate");
    uassert_int_equal(rt_device_set_rx_indicate(dev, indicated), RT_EOK);
    uassert_true(dev->rx_indicate == indicated);
    rule("device.c rt_device_set_tx_complete");
    uassert_int_equal(rt_device_set_tx_complete(dev, (void *)indicated), RT_EOK);
    uassert_true((void *)dev->tx_complete == (void *)indicated);
    rt_device_unregister(dev);
    if (utest_compat)
        rt_free(dev);
    else
        rt_device_destroy(dev);
}

/* The second serial line: what it sends goes nowhere, and nothing comes. */
static void test_uart1(void) {
    rt_device_t dev = rt_device_find("uart1");
    char buffer[4];
    rule("device.c rt_device_find");
    uassert_not_null(dev);
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(dev, RT_DEVICE_FLAG_INT_RX), RT_EOK);
    rule("device.c rt_device_write");
    uassert_int_equal(rt_device_write(dev, 0, "abc", 3), 3);
    rule("device.c rt_device_read");
    uassert_int_equal(rt_device_read(dev, 0, buffer, 4), 0);
    rule("device.c rt_device_close");
    uassert_int_equal(rt_device_close(dev), RT_EOK);
}

static int edges;
static void on_edge(void *argument) {
    edges += (int)(long)argument;
}

/* components/drivers/misc/pin.c: modes, levels, interrupts, and the same through the device. */
static void test_pins(void) {
    struct rt_device_pin_mode mode = {7, PIN_MODE_OUTPUT};
    struct rt_device_pin_status status = {7, PIN_HIGH};
    rt_device_t pin;
    rt_pin_mode(5, PIN_MODE_INPUT_PULLUP);
    rule("pin.c rt_pin_read");
    uassert_int_equal(rt_pin_read(5), PIN_HIGH);
    rt_pin_mode(5, PIN_MODE_INPUT_PULLDOWN);
    uassert_int_equal(rt_pin_read(5), PIN_LOW);
    rt_pin_mode(5, PIN_MODE_OUTPUT);
    rt_pin_write(5, PIN_HIGH);
    uassert_int_equal(rt_pin_read(5), PIN_HIGH);
    rule("pin.c rt_pin_attach_irq");
    uassert_int_equal(rt_pin_attach_irq(5, PIN_IRQ_MODE_FALLING, on_edge, (void *)10), RT_EOK);
    rt_pin_write(5, PIN_LOW);
    rule("pin.c rt_pin_write");
    uassert_int_equal(edges, 0);
    rule("pin.c rt_pin_irq_enable");
    uassert_int_equal(rt_pin_irq_enable(5, PIN_IRQ_ENABLE), RT_EOK);
    rt_pin_write(5, PIN_HIGH);
    rule("pin.c rt_pin_write");
    uassert_int_equal(edges, 0);
    rt_pin_write(5, PIN_LOW);
    uassert_int_equal(edges, 10);
    rt_pin_write(5, PIN_LOW);
    uassert_int_equal(edges, 10);
    rule("pin.c rt_pin_detach_irq");
    uassert_int_equal(rt_pin_detach_irq(5), RT_EOK);
    rule("pin.c rt_pin_irq_enable");
    uassert_int_equal(rt_pin_irq_enable(5, PIN_IRQ_ENABLE), -RT_EINVAL);
    rule("pin.c rt_pin_attach_irq");
    uassert_int_equal(rt_pin_attach_irq(5000, PIN_IRQ_MODE_FALLING, on_edge, RT_NULL), -RT_EINVAL);
    pin = rt_device_find("pin");
    rule("device.c rt_device_find");
    uassert_not_null(pin);
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(pin, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    rule("device.c rt_device_control");
    uassert_int_equal(rt_device_control(pin, 0, &mode), RT_EOK);
    rule("device.c rt_device_write");
    uassert_int_equal(rt_device_write(pin, 0, &status, sizeof(status)), sizeof(status));
    rule("pin.c rt_pin_read");
    uassert_int_equal(rt_pin_read(7), PIN_HIGH);
    status.status = PIN_LOW;
    rule("device.c rt_device_read");
    uassert_int_equal(rt_device_read(pin, 0, &status, sizeof(status)), sizeof(status));
    uassert_int_equal(status.status, PIN_HIGH);
    uassert_int_equal(rt_device_read(pin, 0, &status, 1), 0);
    rt_device_close(pin);
}

/* The devices null, zero and random, also as files. */
static void test_null_zero_random(void) {
    char bytes[64];
    int n, fd, zeros = 0, other = 0;
    fd = open("/dev/null", O_RDWR);
    rule("POSIX.1 open");
    uassert_true(fd >= 0);
    rule("POSIX.1 write");
    uassert_int_equal(write(fd, "gone", 4), 4);
    rule("POSIX.1 read");
    uassert_int_equal(read(fd, bytes, 4), 0);
    close(fd);
    memset(bytes, 1, sizeof(bytes));
    fd = open("/dev/zero", O_RDONLY);
    uassert_int_equal(read(fd, bytes, 64), 64);
    for (n = 0; n < 64; n++) zeros += bytes[n] == 0;
    uassert_int_equal(zeros, 64);
    close(fd);
    fd = open("/dev/random", O_RDONLY);
    uassert_int_equal(read(fd, bytes, 64), 64);
    for (n = 1; n < 64; n++) other += bytes[n] != bytes[n - 1];
    uassert_true(other > 40);
    close(fd);
    rule("device.c rt_device_find");
    uassert_not_null(rt_device_find("urandom"));
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_life);
    UTEST_UNIT_RUN(test_codes);
    UTEST_UNIT_RUN(test_board);
    UTEST_UNIT_RUN(test_uart1);
    if (!utest_compat) {
        UTEST_UNIT_RUN(test_pins);
        UTEST_UNIT_RUN(test_null_zero_random);
    }
}
UTEST_TC_EXPORT(testcase, "src.device", RT_NULL, RT_NULL, 20);
