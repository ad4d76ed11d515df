/* A ring buffer handed out in blocks. */
#ifndef RINGBLK_BUF_H__
#define RINGBLK_BUF_H__

#include <rtdef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rt_rbb_status {
    RT_RBB_BLK_UNUSED,
    RT_RBB_BLK_INITED,
    RT_RBB_BLK_PUT,
    RT_RBB_BLK_GET
};
typedef enum rt_rbb_status rt_rbb_status_t;

struct rt_rbb_blk {
    rt_rbb_status_t status : 8; /* 0 */
    rt_size_t size : 24;        /* 1 */
    rt_uint8_t *buf;            /* 4 */
    rt_slist_t list;            /* 8 */
};
typedef struct rt_rbb_blk *rt_rbb_blk_t;

/* Blocks that lie behind one another in memory. */
struct rt_rbb_blk_queue {
    rt_rbb_blk_t blocks; /* 0 */
    rt_size_t blk_num;   /* 4 */
};
typedef struct rt_rbb_blk_queue *rt_rbb_blk_queue_t;

struct rt_rbb {
    rt_uint8_t *buf;       /* 0 */
    rt_size_t buf_size;    /* 4 */
    rt_rbb_blk_t blk_set;  /* 8 */
    rt_size_t blk_max_num; /* 12 */
    rt_slist_t blk_list;   /* 16 */
};
typedef struct rt_rbb *rt_rbb_t;

void rt_rbb_init(rt_rbb_t rbb, rt_uint8_t *buf, rt_size_t buf_size, rt_rbb_blk_t block_set, rt_size_t blk_max_num);
rt_rbb_t rt_rbb_create(rt_size_t buf_size, rt_size_t blk_max_num);
void rt_rbb_destroy(rt_rbb_t rbb);
rt_size_t rt_rbb_get_buf_size(rt_rbb_t rbb);

rt_rbb_blk_t rt_rbb_blk_alloc(rt_rbb_t rbb, rt_size_t blk_size);
void rt_rbb_blk_put(rt_rbb_blk_t block);
rt_rbb_blk_t rt_rbb_blk_get(rt_rbb_t rbb);
rt_size_t rt_rbb_blk_size(rt_rbb_blk_t block);
rt_uint8_t *rt_rbb_blk_buf(rt_rbb_blk_t block);
void rt_rbb_blk_free(rt_rbb_t rbb, rt_rbb_blk_t block);

rt_size_t rt_rbb_blk_queue_get(rt_rbb_t rbb, rt_size_t queue_data_len, rt_rbb_blk_queue_t blk_queue);
rt_size_t rt_rbb_blk_queue_len(rt_rbb_blk_queue_t blk_queue);
rt_uint8_t *rt_rbb_blk_queue_buf(rt_rbb_blk_queue_t blk_queue);
void rt_rbb_blk_queue_free(rt_rbb_t rbb, rt_rbb_blk_queue_t blk_queue);
rt_size_t rt_rbb_next_blk_queue_len(rt_rbb_t rbb);

#ifdef __cplusplus
}
#endif

#endif
