#pragma once

/* For service.c: ends all calls without a word. */
struct service;
void call_cancel_all(struct service *s);
