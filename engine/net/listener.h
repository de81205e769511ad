#pragma once

#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

/* Sockets that listen, and addresses as text. */
enum { ADDRESS_TEXT = 64 };

/* Listens on "127.0.0.1:8420", "[::1]:0", "localhost:8420" (127.0.0.1) or "*:8420" (every IPv4
 * address); port 0 takes any. Names are not looked up. The descriptor (not blocking, closed on
 * exec) or -1 and ERR_CONFIG that names the address. */
int listener_open(const char *address, struct err *e);
/* Whether it is such an address: 0, or -1 and ERR_CONFIG. */
int listener_check(const char *address, struct err *e);
/* "127.0.0.1:43211" or "[::1]:43211" of a bound socket. */
void listener_address(int fd, char out[ADDRESS_TEXT]);
/* The address without its port; an IPv4 address in IPv6 form as IPv4. "" where it is neither. */
void address_format(const struct sockaddr *a, char out[ADDRESS_TEXT]);
