/* Devices: src/device.c of RT-Thread 4.0.4; device manual, "I/O Device Model". */
#include <dfs_posix.h>
#include <drivers/pin.h>
#include <rtdevice.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(D1, "device.c rt_device_register", "RT_EOK; not open, nobody uses it");
RULE(D2, "device.c rt_device_open", "RT_EOK; the device is activated and open");
RULE(D3, "device.c rt_device_open", "each open counts");
RULE(D4, "device.c rt_device_open", "initialises at the first open, opens the driver at each one");
RULE(D5, "device.c rt_device_control", "read, write and control give what the driver gives");
RULE(D6, "device.c rt_device_close", "RT_EOK; closes the driver at the last close, and nothing is left in open_flag");
RULE(D7, "device.c rt_device_close", "of a device that is not open: -RT_ERROR");
RULE(D8, "device.c rt_device_unregister", "RT_EOK");
RULE(D9, "device.c rt_device_read", "of a device that is not open: 0, and -RT_ERROR is the error of the thread");
RULE(D10, "device.c rt_device_open",
     "a driver without open: the flags of the call within RT_DEVICE_OFLAG_MASK, and OPEN");
RULE(D11, "device.c rt_device_write", "a driver without it: 0, and -RT_ENOSYS is the error of the thread");
RULE(D12, "device.c rt_device_control", "a driver without it: -RT_ENOSYS");
RULE(D13, "device.c rt_device_open", "STANDALONE: -RT_EBUSY while it is open");
RULE(D14, "device.c rt_device_open", "-RT_ENOSYS of the driver is given back, and the device is open");
RULE(D15, "device.c rt_device_open", "another code of the driver is given back, and the device is not open");
RULE(D16, "device.c rt_device_open",
     "the code of an initialisation that fails is given back, and the device is not open");
RULE(D17, "device.c rt_device_register", "no device, or a name that there is: -RT_ERROR");
RULE(D18, "device.c rt_device_find", "the devices of the board and their classes");
RULE(D19, "serial.c rt_serial_open", "the console is a stream");
RULE(D20, "device.c rt_device_find", "NULL for a name that there is not");
RULE(D21, "device.c rt_device_create", "a device of that class, which is no object before it is registered");
RULE(D22, "device.c rt_device_set_rx_indicate", "RT_EOK; the device has the function");
RULE(D23, "device.c rt_device_set_tx_complete", "RT_EOK; the device has the function");
RULE(D24, "serial.c rt_serial_write", "a line to which nothing is connected takes all bytes and has none to read");
RULE(D25, "pin.c rt_pin_mode", "an input that nothing drives has the level of its pull");
RULE(D26, "pin.c rt_pin_write", "an output has the level that was written");
RULE(D27, "pin.c rt_pin_attach_irq", "RT_EOK; the function is called at falling edges only");
RULE(D28, "pin.c rt_pin_irq_enable", "RT_EOK; nothing is called before");
RULE(D29, "pin.c rt_pin_detach_irq", "RT_EOK; there is nothing to enable any more, -RT_EINVAL");
RULE(D30, "pin.c rt_pin_attach_irq", "-RT_EINVAL for a pin that there is not");
RULE(D31, "pin.c rt_device_pin_register", "the device pin: control sets modes, write and read take and give a status");
RULE(D32, "pin.c rt_device_pin_register", "0 for a size that is not that of a status");
RULE(D33, "rt_null.c null_read", "/dev/null takes all bytes and is always at its end");
RULE(D34, "rt_zero.c zero_read", "/dev/zero gives as many zeros as are asked for");
RULE(D35, "rt_random.c random_read",
     "/dev/random gives as many bytes as are asked for, which differ; urandom is there too");
RULE(D36, "block_dev.c rt_mmcsd_control", "GETGEOME: RT_EOK, the number of sectors and their size");
RULE(D37, "block_dev.c rt_mmcsd_read", "the number of sectors that were read");
RULE(D38, "block_dev.c rt_mmcsd_read", "0 where the card fails, from rt_mmcsd_write too, and -RT_EIO is the error of the thread");

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
    rule(D1);
    uassert_int_equal(rt_device_register(&device, name, flags), RT_EOK);
}

/* rt_device_open, rt_device_close: initialised once, the driver opened each time, closed at the last close. */
static void test_life(void) {
    char buffer[8];
    make("mydev", &all, RT_DEVICE_FLAG_RDWR);
    rule(D1);
    uassert_int_equal(device.ref_count, 0);
    uassert_int_equal(device.open_flag, 0);
    init_code = open_code = RT_EOK;
    rule(D2);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_true(device.flag & RT_DEVICE_FLAG_ACTIVATED);
    uassert_true(device.open_flag & RT_DEVICE_OFLAG_OPEN);
    rule(D3);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDONLY), RT_EOK);
    uassert_int_equal(device.ref_count, 2);
    rule(D4);
    uassert_str_equal(marks(), "ioo");
    rule(D5);
    uassert_int_equal(rt_device_read(&device, 3, buffer, 8), 7);
    uassert_buf_equal(buffer, "33333333", 8);
    uassert_int_equal(rt_device_write(&device, 2, "w", 5), 7);
    uassert_int_equal(rt_device_control(&device, 5, (void *)77), 77);
    uassert_int_equal(rt_device_control(&device, 6, RT_NULL), -RT_ENOSYS);
    rule(D6);
    uassert_int_equal(rt_device_close(&device), RT_EOK);
    uassert_str_equal(marks(), "w");
    uassert_int_equal(rt_device_close(&device), RT_EOK);
    uassert_str_equal(marks(), "c");
    uassert_int_equal(device.open_flag, 0);
    rule(D7);
    uassert_int_equal(rt_device_close(&device), -RT_ERROR);
    rule(D8);
    uassert_int_equal(rt_device_unregister(&device), RT_EOK);
}

/* What a device that is not open or lacks a function gives. */
static void test_codes(void) {
    char buffer[4];
    make("bare", &none, RT_DEVICE_FLAG_RDWR);
    rt_set_errno(0);
    rule(D9);
    uassert_int_equal(rt_device_read(&device, 0, buffer, 4), 0);
    uassert_int_equal(rt_get_errno(), -RT_ERROR);
    rule(D10);
    uassert_int_equal(rt_device_open(&device, 0xffff), RT_EOK);
    /* Without a function for it, the flags are those of the call, masked. */
    uassert_int_equal(device.open_flag, (0xffff & RT_DEVICE_OFLAG_MASK) | RT_DEVICE_OFLAG_OPEN);
    rt_set_errno(0);
    rule(D11);
    uassert_int_equal(rt_device_write(&device, 0, buffer, 4), 0);
    uassert_int_equal(rt_get_errno(), -RT_ENOSYS);
    rule(D12);
    uassert_int_equal(rt_device_control(&device, 1, RT_NULL), -RT_ENOSYS);
    rt_device_close(&device);
    rt_device_unregister(&device);
    /* STANDALONE: once at a time. */
    make("alone", &none, RT_DEVICE_FLAG_RDWR | RT_DEVICE_FLAG_STANDALONE);
    rule(D13);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_int_equal(rt_device_open(&device, RT_DEVICE_OFLAG_RDWR), -RT_EBUSY);
    rt_device_close(&device);
    rt_device_unregister(&device);
    /* -RT_ENOSYS of the driver's open counts as success, other codes do not. */
    make("nosys", &only_open, RT_DEVICE_FLAG_RDWR);
    open_code = -RT_ENOSYS;
    rule(D14);
    uassert_int_equal(rt_device_open(&device, 0), -RT_ENOSYS);
    uassert_int_equal(device.ref_count, 1);
    rt_device_close(&device);
    open_code = -RT_EIO;
    rule(D15);
    uassert_int_equal(rt_device_open(&device, 0), -RT_EIO);
    uassert_int_equal(device.ref_count, 0);
    rt_device_unregister(&device);
    open_code = RT_EOK;
    make("broken", &all, RT_DEVICE_FLAG_RDWR);
    init_code = -RT_EIO;
    rule(D16);
    uassert_int_equal(rt_device_open(&device, 0), -RT_EIO);
    uassert_int_equal(device.ref_count, 0);
    init_code = RT_EOK;
    rt_device_unregister(&device);
    rule(D4);
    uassert_str_equal(marks(), "ooi");
    rule(D17);
    uassert_int_equal(rt_device_register(RT_NULL, "x", 0), -RT_ERROR);
    uassert_int_equal(rt_device_register(&device, "uart0", 0), -RT_ERROR);
}

static rt_err_t indicated(rt_device_t dev, rt_size_t size) {
    return RT_EOK;
}

/* The devices of the board; rt_device_create gives memory behind the structure. */
static void test_board(void) {
    rt_device_t dev = rt_device_find("uart0");
    rule(D18);
    uassert_not_null(dev);
    uassert_int_equal(dev->type, RT_Device_Class_Char);
    rule(D19);
    uassert_true(dev->open_flag & RT_DEVICE_FLAG_STREAM);
    rule(D18);
    uassert_int_equal(rt_device_find("sd0")->type, RT_Device_Class_Block);
    uassert_int_equal(rt_device_find("rtc")->type, RT_Device_Class_RTC);
    rule(D20);
    uassert_null(rt_device_find("nothing"));
    dev = rt_device_create(RT_Device_Class_Char, 16);
    rule(D21);
    uassert_not_null(dev);
    uassert_int_equal(dev->type, RT_Device_Class_Char);
    /* It is no object before rt_device_register. */
    uassert_int_equal(dev->parent.type, 0);
    dev->ops = &none;
    rule(D1);
    uassert_int_equal(rt_device_register(dev, "made", RT_DEVICE_FLAG_RDWR), RT_EOK);
    rule(D22);
    uassert_int_equal(rt_device_set_rx_indicate(dev, indicated), RT_EOK);
    uassert_true(dev->rx_indicate == indicated);
    rule(D23);
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
    rule(D18);
    uassert_not_null(dev);
    rule(D24);
    uassert_int_equal(rt_device_open(dev, RT_DEVICE_FLAG_INT_RX), RT_EOK);
    uassert_int_equal(rt_device_write(dev, 0, "abc", 3), 3);
    uassert_int_equal(rt_device_read(dev, 0, buffer, 4), 0);
    uassert_int_equal(rt_device_close(dev), RT_EOK);
}

/* The card, in sectors: what lies behind its end is not there. */
static void test_card(void) {
    static rt_uint8_t sector[512];
    struct rt_device_blk_geometry geometry;
    rt_device_t card = rt_device_find("sd0");
    rule(D36);
    uassert_int_equal(rt_device_open(card, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_int_equal(rt_device_control(card, RT_DEVICE_CTRL_BLK_GETGEOME, &geometry), RT_EOK);
    uassert_int_equal(geometry.bytes_per_sector, 512);
    rule(D37);
    uassert_int_equal(rt_device_read(card, 0, sector, 1), 1);
    /* The boot sector of a file system. */
    uassert_int_equal(sector[510] | sector[511] << 8, 0xaa55);
    rule(D38);
    rt_set_errno(0);
    uassert_int_equal(rt_device_read(card, geometry.sector_count, sector, 1), 0);
    uassert_int_equal(rt_get_errno(), -RT_EIO);
    uassert_int_equal(rt_device_read(card, 0x7fffffff, sector, 1), 0);
    rt_set_errno(0);
    uassert_int_equal(rt_device_write(card, geometry.sector_count, sector, 1), 0);
    uassert_int_equal(rt_get_errno(), -RT_EIO);
    rt_device_close(card);
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
    rule(D25);
    uassert_int_equal(rt_pin_read(5), PIN_HIGH);
    rt_pin_mode(5, PIN_MODE_INPUT_PULLDOWN);
    uassert_int_equal(rt_pin_read(5), PIN_LOW);
    rt_pin_mode(5, PIN_MODE_OUTPUT);
    rt_pin_write(5, PIN_HIGH);
    rule(D26);
    uassert_int_equal(rt_pin_read(5), PIN_HIGH);
    rule(D27);
    uassert_int_equal(rt_pin_attach_irq(5, PIN_IRQ_MODE_FALLING, on_edge, (void *)10), RT_EOK);
    rt_pin_write(5, PIN_LOW);
    rule(D28);
    uassert_int_equal(edges, 0);
    uassert_int_equal(rt_pin_irq_enable(5, PIN_IRQ_ENABLE), RT_EOK);
    rt_pin_write(5, PIN_HIGH);
    rule(D27);
    uassert_int_equal(edges, 0);
    rt_pin_write(5, PIN_LOW);
    uassert_int_equal(edges, 10);
    rt_pin_write(5, PIN_LOW);
    uassert_int_equal(edges, 10);
    rule(D29);
    uassert_int_equal(rt_pin_detach_irq(5), RT_EOK);
    uassert_int_equal(rt_pin_irq_enable(5, PIN_IRQ_ENABLE), -RT_EINVAL);
    rule(D30);
    uassert_int_equal(rt_pin_attach_irq(5000, PIN_IRQ_MODE_FALLING, on_edge, RT_NULL), -RT_EINVAL);
    pin = rt_device_find("pin");
    rule(D31);
    uassert_not_null(pin);
    uassert_int_equal(rt_device_open(pin, RT_DEVICE_OFLAG_RDWR), RT_EOK);
    uassert_int_equal(rt_device_control(pin, 0, &mode), RT_EOK);
    uassert_int_equal(rt_device_write(pin, 0, &status, sizeof(status)), sizeof(status));
    uassert_int_equal(rt_pin_read(7), PIN_HIGH);
    status.status = PIN_LOW;
    uassert_int_equal(rt_device_read(pin, 0, &status, sizeof(status)), sizeof(status));
    uassert_int_equal(status.status, PIN_HIGH);
    rule(D32);
    uassert_int_equal(rt_device_read(pin, 0, &status, 1), 0);
    rt_device_close(pin);
}

/* The devices null, zero and random, also as files. */
static void test_null_zero_random(void) {
    char bytes[64];
    int n, fd, zeros = 0, other = 0;
    fd = open("/dev/null", O_RDWR);
    rule(D33);
    uassert_true(fd >= 0);
    uassert_int_equal(write(fd, "gone", 4), 4);
    uassert_int_equal(read(fd, bytes, 4), 0);
    close(fd);
    memset(bytes, 1, sizeof(bytes));
    fd = open("/dev/zero", O_RDONLY);
    rule(D34);
    uassert_int_equal(read(fd, bytes, 64), 64);
    for (n = 0; n < 64; n++) zeros += bytes[n] == 0;
    uassert_int_equal(zeros, 64);
    close(fd);
    fd = open("/dev/random", O_RDONLY);
    rule(D35);
    uassert_int_equal(read(fd, bytes, 64), 64);
    for (n = 1; n < 64; n++) other += bytes[n] != bytes[n - 1];
    uassert_true(other > 40);
    close(fd);
    uassert_not_null(rt_device_find("urandom"));
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_life);
    UTEST_UNIT_RUN(test_codes);
    UTEST_UNIT_RUN(test_board);
    UTEST_UNIT_RUN(test_uart1);
    UTEST_UNIT_RUN(test_card);
    if (!utest_compat) {
        UTEST_UNIT_RUN(test_pins);
        UTEST_UNIT_RUN(test_null_zero_random);
    }
}
UTEST_TC_EXPORT(testcase, "src.device", RT_NULL, RT_NULL, 20);
