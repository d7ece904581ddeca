// SPDX-License-Identifier: MIT

#include "strict_fixture.h"

#include <string.h>

void StrictKeep(TEST_BINDING *Binding, NET_BUFFER_LIST *Nbl)
{
    UNREFERENCED_PARAMETER(Binding);
    UNREFERENCED_PARAMETER(Nbl);
}

void StrictBind(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    Protocols[0].Completed = StrictKeep;
}

void StrictMake(STRICT_NBL *Made)
{
    Made->Frame = NdisAllocateMemoryWithTagPriority(One->Protocol->Handle, STRICT_FRAME_BYTES,
                                                    0x74736574, NormalPoolPriority);
    assert_non_null(Made->Frame);
    Made->Mdl = NdisAllocateMdl(One->Protocol->Handle, Made->Frame, STRICT_FRAME_BYTES);
    assert_non_null(Made->Mdl);
    Made->Nbl = NdisAllocateNetBufferAndNetBufferList(One->Pool, 0, 0, Made->Mdl, 0,
                                                      STRICT_FRAME_BYTES);
    assert_non_null(Made->Nbl);
    Made->Nb = NET_BUFFER_LIST_FIRST_NB(Made->Nbl);
}

void StrictFree(STRICT_NBL *Made)
{
    NdisFreeNetBufferList(Made->Nbl);
    NdisFreeMdl(Made->Mdl);
    NdisFreeMemory(Made->Frame, 0, 0);
}

void StrictPrepare(STRICT_NBL *Made, ULONG LengthBytes)
{
    memset(Made->Frame, 0xFF, 12);
    memset(Made->Frame + 12, 0x42, LengthBytes - 12);
    NET_BUFFER_LIST_NEXT_NBL(Made->Nbl) = NULL;
    NET_BUFFER_LIST_STATUS(Made->Nbl) = NDIS_STATUS_SUCCESS;
    Made->Nbl->SourceHandle = One->Handle;
    NdisClearNblFlag(Made->Nbl, NDIS_NBL_FLAGS_SEND_READ_ONLY);
    NET_BUFFER_LIST_INFO(Made->Nbl, TcpLargeSendNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Made->Nbl, TcpIpChecksumNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Made->Nbl, Ieee8021QNetBufferListInfo) = NULL;
    NET_BUFFER_LIST_INFO(Made->Nbl, NetBufferListCancelId) = NULL;
    NET_BUFFER_DATA_LENGTH(Made->Nb) = LengthBytes;
}

void StrictSend(STRICT_NBL *Made)
{
    NdisSendNetBufferLists(One->Handle, Made->Nbl, 0, 0);
}

void StrictWait(LONG Completions)
{
    while (ReadAcquire(&One->SendsDone) < Completions) {
        EventWait(&One->SendDone); // set at the end of each call of the completion handler
    }
}

void StrictSendAndWait(STRICT_NBL *Made)
{
    LONG Before = ReadAcquire(&One->SendsDone);
    StrictSend(Made);
    StrictWait(Before + 1);
}

void StrictExpect(void (*Body)(void), const char *Rule, ...)
{
    va_list Strings;
    const char *String;

    ExpectBugCheck(Body, DRIVER_VERIFIER_DETECTED_VIOLATION, Rule);
    va_start(Strings, Rule);
    while ((String = va_arg(Strings, const char *)) != NULL) {
        ExpectBugCheck(Body, DRIVER_VERIFIER_DETECTED_VIOLATION, String);
    }
    va_end(Strings);
}
