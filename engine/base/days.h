#pragma once

#include <stdint.h>

/* The Gregorian calendar as a count of days since 1970-01-01, before 1970 as well (proleptic);
 * after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */

/* Month 1 … 12; a day outside the month counts on into its neighbours. */
int64_t days_from_date(int64_t year, int month, int day);
void days_to_date(int64_t days, int *year, int *month, int *day);
int days_in_month(int64_t year, int month); /* 28 … 31 */

/* Towards the past, as counts from 1970 need it: -1 / 24 is -1. */
static inline int64_t days_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}
