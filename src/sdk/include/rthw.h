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
void rt_hw_us_delay(rt_uint32_t us);

/* For modules that were written for several processors: with one, they lock interrupts or the scheduler. */
rt_base_t rt_cpus_lock(void);
void rt_cpus_unlock(rt_base_t level);
void rt_cpus_lock_status_restore(struct rt_thread *thread);
void rt_spin_lock_init(struct rt_spinlock *lock);
void rt_spin_lock(struct rt_spinlock *lock);
void rt_spin_unlock(struct rt_spinlock *lock);
rt_base_t rt_spin_lock_irqsave(struct rt_spinlock *lock);
void rt_spin_unlock_irqrestore(struct rt_spinlock *lock, rt_base_t level);

#ifdef __cplusplus
}
#endif

#endif
