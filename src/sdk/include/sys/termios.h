/* Settings of the console. They are remembered but change nothing: the serial line has no line discipline. */
#ifndef SYS_TERMIOS_H__
#define SYS_TERMIOS_H__

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned char cc_t;
typedef unsigned int speed_t;
typedef unsigned int tcflag_t;

#define NCCS 32

struct termios {
    tcflag_t c_iflag;  /* 0 */
    tcflag_t c_oflag;  /* 4 */
    tcflag_t c_cflag;  /* 8 */
    tcflag_t c_lflag;  /* 12 */
    cc_t c_line;       /* 16 */
    cc_t c_cc[NCCS];   /* 17 */
    speed_t c_ispeed;  /* 52 */
    speed_t c_ospeed;  /* 56 */
};

#define VINTR 0
#define VQUIT 1
#define VERASE 2
#define VKILL 3
#define VEOF 4
#define VTIME 5
#define VMIN 6

#define BRKINT 0x0002
#define IGNPAR 0x0004
#define INPCK 0x0010
#define ISTRIP 0x0020
#define INLCR 0x0040
#define IGNCR 0x0080
#define ICRNL 0x0100
#define IXON 0x0400
#define IXOFF 0x1000

#define OPOST 0x0001
#define ONLCR 0x0004

#define CSIZE 0x0030
#define CS5 0x0000
#define CS6 0x0010
#define CS7 0x0020
#define CS8 0x0030
#define CSTOPB 0x0040
#define CREAD 0x0080
#define PARENB 0x0100
#define PARODD 0x0200
#define HUPCL 0x0400
#define CLOCAL 0x0800

#define ISIG 0x0001
#define ICANON 0x0002
#define ECHO 0x0008
#define ECHOE 0x0010
#define ECHOK 0x0020
#define ECHONL 0x0040
#define NOFLSH 0x0080
#define IEXTEN 0x8000

#define B0 0x0000
#define B9600 0x000d
#define B19200 0x000e
#define B38400 0x000f
#define B57600 0x1001
#define B115200 0x1002

#define TCIFLUSH 0
#define TCOFLUSH 1
#define TCIOFLUSH 2
#define TCSANOW 0
#define TCSADRAIN 1
#define TCSAFLUSH 2

int tcgetattr(int fd, struct termios *tio);
int tcsetattr(int fd, int act, const struct termios *tio);
int tcflush(int fd, int queue);
int tcdrain(int fd);
int tcflow(int fd, int action);
int tcsendbreak(int fd, int duration);
speed_t cfgetispeed(const struct termios *tio);
speed_t cfgetospeed(const struct termios *tio);
int cfsetispeed(struct termios *tio, speed_t speed);
int cfsetospeed(struct termios *tio, speed_t speed);
void cfmakeraw(struct termios *tio);

#ifdef __cplusplus
}
#endif

#endif
