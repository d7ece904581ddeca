// SPDX-License-Identifier: MIT

// Time as a date, as seconds, and in the host's time zone. Days are counted from Monday,
// 1 January 1601, which begins a cycle of 400 years.

#include "sim.h"

#include <time.h>

#define UNITS_PER_MILLISECOND 10000ll
#define UNITS_PER_SECOND 10000000ll
#define SECONDS_PER_DAY 86400
#define SECONDS_TO_1970 11644473600ll
#define SECONDS_TO_1980 11960006400ll
#define FIRST_YEAR 1601
#define LAST_YEAR 30827
#define DAYS_IN_400_YEARS 146097

static BOOLEAN IsLeap(LONG Year)
{
    return Year % 4 == 0 && (Year % 100 != 0 || Year % 400 == 0);
}

static LONG DaysIn(LONG Year, LONG Month)
{
    static const UCHAR Days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return Days[Month - 1] + (Month == 2 && IsLeap(Year));
}

static LONG DaysBefore(LONG Year)
{
    LONG Years = Year - FIRST_YEAR;
    return Years * 365 + Years / 4 - Years / 100 + Years / 400;
}

VOID NTAPI RtlTimeToTimeFields(PLARGE_INTEGER Time, PTIME_FIELDS TimeFields)
{
    LONGLONG Seconds = Time->QuadPart / UNITS_PER_SECOND;
    LONG Days = (LONG)(Seconds / SECONDS_PER_DAY);
    LONG Rest = (LONG)(Seconds % SECONDS_PER_DAY);
    LONG Year = FIRST_YEAR + (LONG)((LONGLONG)Days * 400 / DAYS_IN_400_YEARS);
    LONG Month = 1;
    TimeFields->Weekday = (CSHORT)((Days + 1) % 7); // 0 is Sunday
    while (DaysBefore(Year + 1) <= Days) {
        Year++;
    }
    while (DaysBefore(Year) > Days) {
        Year--;
    }
    for (Days -= DaysBefore(Year); Days >= DaysIn(Year, Month); Month++) {
        Days -= DaysIn(Year, Month);
    }
    TimeFields->Year = (CSHORT)Year;
    TimeFields->Month = (CSHORT)Month;
    TimeFields->Day = (CSHORT)(Days + 1);
    TimeFields->Hour = (CSHORT)(Rest / 3600);
    TimeFields->Minute = (CSHORT)(Rest / 60 % 60);
    TimeFields->Second = (CSHORT)(Rest % 60);
    TimeFields->Milliseconds = (CSHORT)(Time->QuadPart / UNITS_PER_MILLISECOND % 1000);
}

BOOLEAN NTAPI RtlTimeFieldsToTime(PTIME_FIELDS TimeFields, PLARGE_INTEGER Time)
{
    const TIME_FIELDS *F = TimeFields;
    if (F->Year < FIRST_YEAR || F->Year > LAST_YEAR || F->Month < 1 || F->Month > 12 ||
        F->Day < 1 || F->Day > DaysIn(F->Year, F->Month) || F->Hour < 0 || F->Hour > 23 ||
        F->Minute < 0 || F->Minute > 59 || F->Second < 0 || F->Second > 59 || F->Milliseconds < 0 ||
        F->Milliseconds > 999) {
        return FALSE;
    }
    LONGLONG Days = DaysBefore(F->Year) + F->Day - 1;
    for (LONG Month = 1; Month < F->Month; Month++) {
        Days += DaysIn(F->Year, Month);
    }
    LONGLONG Seconds = Days * SECONDS_PER_DAY + F->Hour * 3600 + F->Minute * 60 + F->Second;
    Time->QuadPart = Seconds * UNITS_PER_SECOND + F->Milliseconds * UNITS_PER_MILLISECOND;
    return TRUE;
}

// FALSE: the seconds since then do not fit in 32 bits.
static BOOLEAN ToSeconds(const LARGE_INTEGER *Time, LONGLONG Start, ULONG *ElapsedSeconds)
{
    LONGLONG Seconds = Time->QuadPart / UNITS_PER_SECOND - Start;
    if (Seconds < 0 || Seconds > MAXULONG) {
        return FALSE;
    }
    *ElapsedSeconds = (ULONG)Seconds;
    return TRUE;
}

BOOLEAN NTAPI RtlTimeToSecondsSince1970(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return ToSeconds(Time, SECONDS_TO_1970, ElapsedSeconds);
}

BOOLEAN NTAPI RtlTimeToSecondsSince1980(PLARGE_INTEGER Time, PULONG ElapsedSeconds)
{
    return ToSeconds(Time, SECONDS_TO_1980, ElapsedSeconds);
}

VOID NTAPI RtlSecondsSince1970ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (SECONDS_TO_1970 + ElapsedSeconds) * UNITS_PER_SECOND;
}

VOID NTAPI RtlSecondsSince1980ToTime(ULONG ElapsedSeconds, PLARGE_INTEGER Time)
{
    Time->QuadPart = (SECONDS_TO_1980 + ElapsedSeconds) * UNITS_PER_SECOND;
}

// ---- the time zone as it is now, whatever the date that is converted: as on Windows

static LONGLONG ZoneUnits(void)
{
    struct tm Local;
    time_t Now = time(NULL);
    return localtime_r(&Now, &Local) != NULL ? Local.tm_gmtoff * UNITS_PER_SECOND : 0;
}

VOID NTAPI ExSystemTimeToLocalTime(PLARGE_INTEGER SystemTime, PLARGE_INTEGER LocalTime)
{
    LocalTime->QuadPart = SystemTime->QuadPart + ZoneUnits();
}

VOID NTAPI ExLocalTimeToSystemTime(PLARGE_INTEGER LocalTime, PLARGE_INTEGER SystemTime)
{
    SystemTime->QuadPart = LocalTime->QuadPart - ZoneUnits();
}
