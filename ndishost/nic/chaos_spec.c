// SPDX-License-Identifier: MIT

#include "chaos_spec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAOS_WORD "chaos"
#define PERCENT 100 // units of `fail`

static const struct chaos_settings Defaults = {
    .fail = 5 * PERCENT,
    .delay_ms = 10,
    .long_ms = 1500,
    .pause_every = 20000,
    .reset_every = 20000,
    .link_every = 5000,
};

struct number_option {
    const char *Name;
    size_t Offset;
    uint32_t Most;
};

#define NUMBER_OPTION(Name, Most)                                                                  \
    {                                                                                              \
#Name, offsetof(struct chaos_settings, Name), Most                                         \
    }

static const struct number_option NumberOptions[] = {
    NUMBER_OPTION(delay_ms, 10000),         NUMBER_OPTION(long_ms, 60000),
    NUMBER_OPTION(pause_every, 1000000000), NUMBER_OPTION(reset_every, 1000000000),
    NUMBER_OPTION(link_every, 1000000000),
};
#define NUMBER_OPTIONS (sizeof(NumberOptions) / sizeof(NumberOptions[0]))

const char *ChaosSpecFind(const char *Spec)
{
    size_t Length = strlen(CHAOS_WORD);

    if (strncmp(Spec, CHAOS_WORD, Length) != 0 ||
        (Spec[Length] != '+' && Spec[Length] != ':' && Spec[Length] != '\0')) {
        return NULL;
    }
    return Spec + Length;
}

// All of Text, a number without sign or blanks.
static int ReadNumber(const char *Text, int Base, uint64_t Most, uint64_t *Value)
{
    char *End;

    errno = 0;
    *Value = strtoull(Text, &End, Base);
    return Text[0] >= '0' && Text[0] <= '9' && *End == '\0' && errno == 0 && *Value <= Most;
}

// "5%", "0.25%": at most two decimals.
static int ReadPercent(const char *Text, uint32_t *Value)
{
    unsigned Whole = 0, Fraction = 0;
    int Used = 0;

    if (sscanf(Text, "%3u%%%n", &Whole, &Used) == 1 && Used != 0) {
        Fraction = 0;
    } else if (sscanf(Text, "%3u.%1u%%%n", &Whole, &Fraction, &Used) == 2 && Used != 0) {
        Fraction *= 10;
    } else if (sscanf(Text, "%3u.%2u%%%n", &Whole, &Fraction, &Used) != 2 || Used == 0) {
        return 0;
    }
    *Value = Whole * PERCENT + Fraction;
    return Text[0] >= '0' && Text[0] <= '9' && Text[Used] == '\0' && *Value <= 100 * PERCENT;
}

static int SetOption(struct chaos_settings *Settings, const char *Name, const char *Value,
                     char *Message, size_t MessageSize)
{
    uint64_t Number;

    if (strcmp(Name, "seed") == 0) {
        if (ReadNumber(Value, 0, UINT64_MAX, &Settings->seed)) {
            return 1;
        }
        snprintf(Message, MessageSize, "chaos: seed=%s: a seed is a number of 64 bits", Value);
        return 0;
    }
    if (strcmp(Name, "fail") == 0) {
        if (ReadPercent(Value, &Settings->fail)) {
            return 1;
        }
        snprintf(Message, MessageSize,
                 "chaos: fail=%s: a share is 0%% to 100%%, as in 5%% or 0.25%%", Value);
        return 0;
    }
    for (size_t I = 0; I < NUMBER_OPTIONS; I++) {
        const struct number_option *Option = &NumberOptions[I];

        if (strcmp(Name, Option->Name) != 0) {
            continue;
        }
        if (!ReadNumber(Value, 10, Option->Most, &Number)) {
            snprintf(Message, MessageSize, "chaos: %s=%s: it takes a number from 0 to %u", Name,
                     Value, Option->Most);
            return 0;
        }
        *(uint32_t *)((char *)Settings + Option->Offset) = (uint32_t)Number;
        return 1;
    }
    snprintf(Message, MessageSize,
             "chaos: there is no option '%s'; there are seed, fail, delay_ms, long_ms, "
             "pause_every, reset_every and link_every",
             Name);
    return 0;
}

// "OPTION=VALUE,OPTION=VALUE"; Text is taken to pieces.
static int ReadOptions(char *Text, struct chaos_settings *Settings, char *Message,
                       size_t MessageSize)
{
    char *Next = Text;
    char *Option;

    while ((Option = strsep(&Next, ",")) != NULL) {
        char *Value = strchr(Option, '=');

        if (Value == NULL) {
            snprintf(Message, MessageSize, "chaos: '%s' is not OPTION=VALUE, as in seed=7", Option);
            return 0;
        }
        *Value = '\0';
        if (!SetOption(Settings, Option, Value + 1, Message, MessageSize)) {
            return 0;
        }
    }
    return 1;
}

const char *ChaosSpecRead(const char *Text, struct chaos_settings *Settings, char *Message,
                          size_t MessageSize)
{
    const char *Plus = strchr(Text, '+');
    uint64_t Seed = Settings->seed;
    char Options[256];
    size_t Length;

    *Settings = Defaults;
    Settings->seed = Seed;
    if (Plus == NULL || Plus[1] == '\0') {
        snprintf(Message, MessageSize, "chaos: a NIC must follow, as in chaos+null");
        return NULL;
    }
    if (ChaosSpecFind(Plus + 1) != NULL) {
        snprintf(Message, MessageSize, "chaos: once is enough");
        return NULL;
    }
    if (*Text == '+') {
        return Plus + 1;
    }
    Length = (size_t)(Plus - Text) - 1; // between ':' and '+'
    if (Length >= sizeof(Options)) {
        snprintf(Message, MessageSize, "chaos: the options are longer than %zu characters",
                 sizeof(Options) - 1);
        return NULL;
    }
    memcpy(Options, Text + 1, Length);
    Options[Length] = '\0';
    return ReadOptions(Options, Settings, Message, MessageSize) ? Plus + 1 : NULL;
}
