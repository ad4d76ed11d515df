/* Local time is 8 hours ahead of UTC, as the kernel is configured, unless TZ says otherwise. */
#include "rtt.h"
#include <stdlib.h>
#include <sys/lock.h>
#include <sys/times.h>
#include <time.h>

#define ZONE (8 * 3600L)

extern struct __lock __lock___tz_mutex;
void __real__tzset_unlocked_r(struct _reent *);

void __wrap__tzset_unlocked_r(struct _reent *r) {
  __tzinfo_type *tz = __gettzinfo();
  __real__tzset_unlocked_r(r);
  if (getenv("TZ"))
    return;
  _timezone = -ZONE;
  _daylight = 0;
  _tzname[0] = _tzname[1] = "CST";
  tz->__tzrule[0].offset = tz->__tzrule[1].offset = -ZONE;
}

void __wrap__tzset_r(struct _reent *r) {
  __retarget_lock_acquire(&__lock___tz_mutex);
  __wrap__tzset_unlocked_r(r);
  __retarget_lock_release(&__lock___tz_mutex);
}

/* Days from 1970-01-01 to the first day of that month; the year begins in March, so that a leap day is its last. */
static long long days_before(long long year, int month) {
  long long era, day;
  year -= month < 2;
  month = month < 2 ? month + 10 : month - 2;
  era = (year >= 0 ? year : year - 399) / 400;
  year -= era * 400;
  day = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5;
  return era * 146097 + day - 719468;
}

time_t timegm(struct tm *tm) {
  long long months = (tm->tm_year + 1900LL) * 12 + tm->tm_mon;
  long long year = months / 12 - (months % 12 < 0);
  long long days = days_before(year, (int)(months - year * 12)) + tm->tm_mday - 1;
  return ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
}

clock_t _times_r(struct _reent *r, struct tms *times) {
  clock_t now = clock();
  (void)r;
  if (times)
    *times = (struct tms){.tms_utime = now};
  return now;
}

clock_t times(struct tms *buffer) {
  return _times_r(_REENT, buffer);
}
