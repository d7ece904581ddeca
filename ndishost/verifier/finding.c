// SPDX-License-Identifier: MIT

#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "violation.h"

static void TagText(ULONG Tag, char Text[5])
{
    for (unsigned i = 0; i < 4; i++) {
        char Letter = (char)(Tag >> (8 * i));
        Text[i] = (char)(Letter < 32 || Letter > 126 ? '?' : Letter);
    }
    Text[4] = '\0';
}

static void TimesText(uint64_t Sends, char Text[40])
{
    if (Sends < 2) {
        strcpy(Text, Sends == 0 ? "never sent" : "sent once");
    } else {
        snprintf(Text, 40, "sent %llu times", (unsigned long long)Sends);
    }
}

static int NblIdentify(const NBL_SHADOW *Shadow, char *Text, size_t Bytes)
{
    static const char *const States[] = {"free, ", "", ""};
    EVENT Completed;
    char Tag[5], Times[40];
    int Length;

    TagText(Shadow->Pool->Info.Tag, Tag);
    TimesText(Shadow->Sends, Times);
    Length = snprintf(Text, Bytes, "NBL %p (pool '%s', slot %u)  %s%s", (void *)NblOf(Shadow), Tag,
                      Shadow->Slot, States[atomic_load(&((NBL_SHADOW *)Shadow)->State)], Times);
    if (HistoryLast(&Shadow->History, Shadow->Events, NBL_EVENTS, EventCompleted, &Completed)) {
        Length += snprintf(Text + Length, Bytes - (size_t)Length, ", last completed at %.6f s",
                           EventSeconds(&Completed));
    }
    return Length;
}

static void NblDetail(REPORT *Report, const NBL_SHADOW *Shadow)
{
    char Text[FINDING_TEXT];

    NblIdentify(Shadow, Text, sizeof(Text));
    ReportAdd(Report, "  History of %s:\n", Text);
    HistoryReport(Report, &Shadow->History, Shadow->Events, NBL_EVENTS);
}

static void FindingDetail(REPORT *Report, const void *Object)
{
    const FINDING *Finding = Object;

    if (Finding->Nbl != NULL) {
        NblDetail(Report, Finding->Nbl);
    }
    if (Finding->Other != NULL && Finding->Other != Finding->Nbl) {
        NblDetail(Report, Finding->Other);
    }
    if (Finding->Nb != NULL) {
        ReportAdd(Report, "  History of NB %p:\n", Finding->Nb->Entry.Address);
        HistoryReport(Report, &Finding->Nb->History, Finding->Nb->Events, NB_EVENTS);
    }
    if (Finding->Mdl != NULL) {
        ReportAdd(Report, "  History of MDL %p:\n", Finding->Mdl->Entry.Address);
        HistoryReport(Report, &Finding->Mdl->History, Finding->Mdl->Events, MDL_EVENTS);
    }
}

void FindingReport(const FINDING *Finding, const char *Format, ...)
{
    char Sentences[2048];
    size_t Length = 0;
    va_list Arguments;

    if (Finding->Nbl != NULL) {
        Length = (size_t)NblIdentify(Finding->Nbl, Sentences, FINDING_TEXT);
        Sentences[Length++] = '\n';
    }
    va_start(Arguments, Format);
    vsnprintf(Sentences + Length, sizeof(Sentences) - Length, Format, Arguments);
    va_end(Arguments);
    const void *About = Finding->Nbl != NULL ? NblOf(Finding->Nbl) : Finding->Object;
    SimViolationWith(Finding->Rule, About, FindingDetail, Finding, "%s", Sentences);
}

const char *FindingBinding(NDIS_HANDLE Binding, char *Text, size_t Bytes)
{
    SIM_NDIS_BINDING_INFO Info;

    if (Binding == NULL) {
        snprintf(Text, Bytes, "NULL");
    } else if (!SimNdisBindingInfo(Binding, &Info)) {
        snprintf(Text, Bytes, "%p, which is no binding%s", Binding,
                 TableFind(&BindingTable, Binding) != NULL ? " any more" : "");
    } else if (Info.Closed) {
        snprintf(Text, Bytes, "%p, a binding that was closed", Binding);
    } else {
        char Name[64] = "?";
        for (unsigned i = 0; Info.Protocol != NULL && i < sizeof(Name) - 1; i++) {
            BOOLEAN In = i < Info.Protocol->Length / sizeof(WCHAR);
            Name[i] = (char)(In ? Info.Protocol->Buffer[i] : 0);
        }
        Name[sizeof(Name) - 1] = '\0';
        snprintf(Text, Bytes, "%p, a binding of '%s' that is %s", Binding, Name, Info.State);
    }
    return Text;
}

const char *FindingEvent(const NBL_SHADOW *Shadow, EVENT_KIND Kind, char *Text, size_t Bytes)
{
    EVENT Event;

    if (!HistoryLast(&Shadow->History, Shadow->Events, NBL_EVENTS, Kind, &Event)) {
        snprintf(Text, Bytes, "long ago");
    } else {
        char Name[160];
        EventCallerName(&Event, Name, sizeof(Name));
        snprintf(Text, Bytes, "by %s at %.6f s", Name, EventSeconds(&Event));
    }
    return Text;
}

// What ended the life of an MDL that is dead, as a word and as the event. NULL: nothing.
static const char *MdlEnd(const MDL_SHADOW *Shadow, EVENT *Last)
{
    static const struct {
        EVENT_KIND Kind;
        const char *Word;
    } Ends[] = {{EventFreed, "freed"},
                {EventMemoryFreed, "in memory that was freed"},
                {EventMdlUnlocked, "unlocked"},
                {EventPoolFreed, "freed with its pool"}};
    const char *Word = NULL;
    EVENT Event;

    for (size_t i = 0; i < RTL_NUMBER_OF(Ends); i++) {
        if (HistoryLast(&Shadow->History, Shadow->Events, MDL_EVENTS, Ends[i].Kind, &Event) &&
            (Word == NULL || Event.Time > Last->Time)) {
            *Last = Event;
            Word = Ends[i].Word;
        }
    }
    return Word;
}

const char *FindingMdl(const MDL *Mdl, char *Text, size_t Bytes)
{
    const MDL_SHADOW *Shadow = MdlShadowFind(Mdl);
    const char *Word;
    EVENT End;
    char Name[160];

    if (Mdl == NULL) {
        snprintf(Text, Bytes, "is NULL");
    } else if (Shadow == NULL) {
        snprintf(Text, Bytes, "is no MDL that was ever built or locked");
    } else if (MdlIsLive(Shadow) && MdlIsResident(Shadow)) {
        snprintf(Text, Bytes, "is alive");
    } else if ((Word = MdlEnd(Shadow, &End)) == NULL) {
        snprintf(Text, Bytes, "was never built or locked");
    } else {
        unsigned long long Send = atomic_load(&((MDL_SHADOW *)Shadow)->LastSend);
        EventCallerName(&End, Name, sizeof(Name));
        int Length = snprintf(Text, Bytes, "%s by %s", Word, Name);
        if (Send != 0 && Length > 0 && (size_t)Length < Bytes) {
            snprintf(Text + Length, Bytes - (size_t)Length, " after send %llu", Send);
        }
    }
    return Text;
}
