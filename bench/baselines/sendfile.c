/*
 * The system's own sendfile over loopback TCP, and the sink that every sender is measured against.
 *
 *    sendfile sink                       listens, prints "port N", then for each connection reads to
 *                                        the end and prints one line of JSON: bytes, seconds, CPU
 *    sendfile send PORT FILE BYTES       connects, sends the file's first BYTES with blocking
 *                                        sendfile calls, waits for the sink to close, prints one
 *                                        line of JSON: bytes, seconds, cpuSeconds
 *
 * Blocking calls of the largest size the system takes are the quickest and cheapest form there is:
 * no readiness checks, no runtime. Linux only.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { sink_buffer_bytes = 1 << 18 };

static void require(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_utime.tv_usec / 1e6 + use.ru_stime.tv_sec +
         use.ru_stime.tv_usec / 1e6;
}

static void report(long long bytes, double seconds, double cpu) {
  printf("{\"bytes\":%lld,\"seconds\":%.6f,\"cpuSeconds\":%.6f}\n", bytes, seconds, cpu);
  fflush(stdout);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void sink(void) {
  static char buffer[sink_buffer_bytes];
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  require(bind(listener, (struct sockaddr *)&address, size) == 0, "bind");
  require(listen(listener, 16) == 0, "listen");
  require(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int peer = accept(listener, NULL, NULL);
    require(peer >= 0, "accept");
    double start = now_seconds(), cpu = cpu_seconds();
    long long total = 0;
    for (ssize_t got; (got = read(peer, buffer, sizeof buffer)) > 0;) total += got;
    close(peer);
    report(total, now_seconds() - start, cpu_seconds() - cpu);
  }
}

static void send_file(int port, const char *path, long long bytes) {
  int file = open(path, O_RDONLY);
  require(file >= 0, path);
  int peer = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(port);
  require(connect(peer, (struct sockaddr *)&address, sizeof address) == 0, "connect");
  double start = now_seconds(), cpu = cpu_seconds();
  off_t position = 0;
  while (position < bytes) {
    ssize_t sent = sendfile(peer, file, &position, bytes - position);
    require(sent > 0, "sendfile");
  }
  shutdown(peer, SHUT_WR);
  char end;
  require(read(peer, &end, 1) == 0, "the sink's close");
  report(bytes, now_seconds() - start, cpu_seconds() - cpu);
}

int main(int count, char **words) {
  if (count == 2 && strcmp(words[1], "sink") == 0) sink();
  if (count == 5 && strcmp(words[1], "send") == 0) {
    send_file(atoi(words[2]), words[3], atoll(words[4]));
    return 0;
  }
  fprintf(stderr, "usage: sendfile sink | sendfile send PORT FILE BYTES\n");
  return 2;
}
