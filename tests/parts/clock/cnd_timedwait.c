/* Beside libfaketime, which moves the clock but not the deadlines that C11's condition variables count by it. librdkafka
 * waits on those: with its clock an hour ahead it would wait an hour for every millisecond. glibc's cnd_t is its
 * pthread_cond_t, whose wait libfaketime does wrap. */
#include <errno.h>
#include <pthread.h>
#include <threads.h>

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *until) {
  int error = pthread_cond_timedwait((pthread_cond_t *)condition, (pthread_mutex_t *)mutex, until);
  return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : thrd_error;
}
