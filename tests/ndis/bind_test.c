// SPDX-License-Identifier: MIT
// Bind, open, close and unbind in all forms; registration in any order.

#include "fixture.h"

#include "nt/pool.h"

#include <string.h>

static TEST_BINDING *const One = &Protocols[0].Bindings[0];
static TEST_BINDING *const Two = &Protocols[1].Bindings[0];

static void Bind_AdapterThenProtocol_IsBoundAndRunning(void **State)
{
    (void)State;
    NicAdd(0);
    assert_string_equal(Nics[0].Log, "IR");
    ProtocolRegister(0);
    TestIdle();
    assert_string_equal(One->Log, "BR");
    assert_int_equal(Protocols[0].BindsComplete, 1);
    ProtocolDeregister(0);
    assert_string_equal(One->Log, "BRPU");
    NicRemove(0, FALSE);
    assert_string_equal(Nics[0].Log, "IRqPH");
}

static void Bind_ProtocolThenAdapter_IsBoundAndRunning(void **State)
{
    (void)State;
    ProtocolRegister(0);
    TestIdle();
    assert_int_equal(Protocols[0].BindsComplete, 1);
    NicAdd(0);
    TestIdle();
    assert_string_equal(One->Log, "BR");
    NicRemove(0, FALSE);
    assert_string_equal(One->Log, "BRQPU");
    assert_null(One->Protocol);
}

static void Bind_Parameters_AreThoseOfTheMiniport(void **State)
{
    (void)State;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    const NDIS_BIND_PARAMETERS *P = &One->Parameters;
    assert_int_equal(P->Header.Type, NDIS_OBJECT_TYPE_BIND_PARAMETERS);
    assert_int_equal(P->MediaType, NdisMedium802_3);
    assert_int_equal(P->MtuSize, 1500);
    assert_int_equal(P->MacAddressLength, 6);
    assert_memory_equal(P->CurrentMacAddress, NicAddress(&Nics[0]), 6);
    assert_int_equal(P->XmitLinkSpeed, 1000000000ull);
    assert_int_equal(P->MaxRcvLinkSpeed, 10000000000ull);
    assert_int_equal(P->MediaConnectState, MediaConnectStateConnected);
    assert_int_equal(P->DataBackFillSize, 32);
    assert_int_equal(P->ContextBackFillSize, 16);
    assert_int_equal(P->MaxMulticastListSize, 4);
    assert_int_equal(P->IfType, IF_TYPE_ETHERNET_CSMACD);
    assert_int_not_equal(P->BoundIfIndex, 0);
    assert_int_equal(P->BoundIfNetluid.Value, P->LowestIfNetluid.Value);
    assert_ptr_equal(P->PhysicalDeviceObject, Nics[0].Pdo);
    assert_non_null(P->ActivePorts);
    UNICODE_STRING Name;
    assert_int_equal(SimNdisAdapterName(Nics[0].Pdo, &Name), 0);
    assert_memory_equal(Name.Buffer, One->AdapterName, Name.Length);
    assert_memory_equal(Name.Buffer, L"\\DEVICE\\{", 9 * sizeof(WCHAR));
}

static void Bind_PendingOpenCloseBindAndUnbind_Complete(void **State)
{
    (void)State;
    SimNdisSetPending(SIM_NDIS_PEND_OPEN | SIM_NDIS_PEND_CLOSE | SIM_NDIS_PEND_OID);
    Protocols[0].PendBind = TRUE;
    Protocols[0].PendUnbind = TRUE;
    Protocols[0].PendPause = TRUE;
    Protocols[0].PacketFilter = NDIS_PACKET_TYPE_DIRECTED;
    Nics[0].PendPause = TRUE;
    Nics[0].PendRestart = TRUE;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_string_equal(One->Log, "BOR");
    assert_int_equal(Nics[0].PacketFilter, NDIS_PACKET_TYPE_DIRECTED);
    NicRemove(0, FALSE);
    assert_string_equal(One->Log, "BORQPUC");
    assert_string_equal(Nics[0].Log, "IRqPH");
    SimNdisSetPending(0);
}

static void Bind_Refused_IsAskedAgainOnlyAfterReEnumerate(void **State)
{
    (void)State;
    Protocols[0].RefuseBind = TRUE;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    ProtocolRegister(1); // makes NDIS look at the adapter again
    TestIdle();
    assert_string_equal(One->Log, "b");
    assert_string_equal(Two->Log, "BR");
    Protocols[0].RefuseBind = FALSE;
    NdisReEnumerateProtocolBindings(Protocols[0].Handle);
    TestIdle();
    assert_string_equal(One->Log, "bBR");
}

static void Bind_FailedAfterOpen_LeavesNothing(void **State)
{
    (void)State;
    Protocols[0].FailAfterOpen = TRUE;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_string_equal(One->Log, "B");
    assert_null(One->Protocol);
}

static void Bind_TwoProtocolsTwoAdapters_AllFourInOrder(void **State)
{
    (void)State;
    ProtocolRegister(0);
    ProtocolRegister(1);
    NicAdd(0);
    NicAdd(1);
    TestIdle();
    for (unsigned i = 0; i < 2; i++) {
        assert_string_equal(Protocols[i].Bindings[0].Log, "BR");
        assert_string_equal(Protocols[i].Bindings[1].Log, "BR");
        assert_memory_equal(Protocols[i].Bindings[0].Parameters.CurrentMacAddress,
                            NicAddress(&Nics[0]), 6);
        assert_memory_equal(Protocols[i].Bindings[1].Parameters.CurrentMacAddress,
                            NicAddress(&Nics[1]), 6);
    }
    NicRemove(0, FALSE);
    assert_null(Protocols[0].Bindings[0].Protocol);
    assert_non_null(Protocols[0].Bindings[1].Protocol);
    ProtocolDeregister(0);
    assert_null(Protocols[0].Bindings[1].Protocol);
    assert_non_null(Protocols[1].Bindings[1].Protocol);
}

static void Bind_MiniportInitializeFails_NoAdapterAndNoBinding(void **State)
{
    (void)State;
    ProtocolRegister(0);
    Nics[0].FailInitialize = TRUE;
    NicAdd(0);
    TestIdle();
    assert_null(Nics[0].Pdo);
    assert_string_equal(One->Log, "");
}

static void Bind_OpenOutsideBind_Fails(void **State)
{
    (void)State;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    NDIS_HANDLE Handle = NULL;
    assert_int_equal(
        (int)NdisOpenAdapterEx(Protocols[0].Handle, One, &One->Open, One->BindContext, &Handle),
        (int)NDIS_STATUS_FAILURE);
    assert_null(Handle);
}

static void Register_BadVersionOrCharacteristics_IsRefused(void **State)
{
    (void)State;
    NDIS_PROTOCOL_DRIVER_CHARACTERISTICS C = {0};
    NDIS_HANDLE Handle;
    C.Header.Type = NDIS_OBJECT_TYPE_PROTOCOL_DRIVER_CHARACTERISTICS;
    C.Header.Revision = 1;
    C.Header.Size = NDIS_SIZEOF_PROTOCOL_DRIVER_CHARACTERISTICS_REVISION_1;
    C.MajorNdisVersion = 5;
    assert_int_equal((int)NdisRegisterProtocolDriver(NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_VERSION);
    C.MajorNdisVersion = 6;
    C.MinorNdisVersion = 88;
    assert_int_equal((int)NdisRegisterProtocolDriver(NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_VERSION);
    C.MinorNdisVersion = 30;
    assert_int_equal((int)NdisRegisterProtocolDriver(NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_CHARACTERISTICS);
    C.Header.Size -= 8;
    assert_int_equal((int)NdisRegisterProtocolDriver(NULL, &C, &Handle),
                     (int)NDIS_STATUS_BAD_CHARACTERISTICS);
}

static void Unbind_AndBindByTheHost_Works(void **State)
{
    (void)State;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, Protocols[0].Name);
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    assert_int_equal(SimNdisUnbind(Nics[0].Pdo, &Name), 0);
    assert_string_equal(One->Log, "BRPU");
    ProtocolRegister(1); // a new look does not undo it
    TestIdle();
    assert_string_equal(One->Log, "BRPU");
    assert_int_equal(SimNdisBind(Nics[0].Pdo, &Name), 0);
    assert_string_equal(One->Log, "BRPUBR");
    assert_int_not_equal(SimNdisBind(Nics[0].Pdo, &Name), 0);
}

static void Unbind_ByTheProtocolItself_IsNotBoundAgain(void **State)
{
    (void)State;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    KIRQL Irql = KeRaiseIrqlToDpcLevel();
    assert_int_equal(NdisUnbindAdapter(One->Handle), 0);
    KeLowerIrql(Irql);
    TestIdle();
    assert_string_equal(One->Log, "BRPU");
    NdisReEnumerateProtocolBindings(Protocols[0].Handle);
    TestIdle();
    assert_string_equal(One->Log, "BRPUBR");
}

static void Unbind_ManyTimes_LeavesNothing(void **State)
{
    (void)State;
    UNICODE_STRING Name;
    RtlInitUnicodeString(&Name, Protocols[0].Name);
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    for (unsigned i = 0; i < 20; i++) {
        memset(One->Log, 0, sizeof(One->Log));
        NdisUnbindAdapter(One->Handle);
        TestIdle();
        NdisReEnumerateProtocolBindings(Protocols[0].Handle);
        TestIdle();
        assert_string_equal(One->Log, "PUBR");
    }
}

static void Unbind_AdapterUnplugged_ClosesThenHalts(void **State)
{
    (void)State;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    NicRemove(0, TRUE);
    assert_string_equal(One->Log, "BRPU");
    assert_string_equal(Nics[0].Log, "IRxPh");
}

static void Unbind_QueryRemoveRefused_AdapterStays(void **State)
{
    (void)State;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    Protocols[0].FailQueryRemove = TRUE;
    NicRemove(0, FALSE);
    assert_non_null(Nics[0].Pdo);
    assert_string_equal(One->Log, "BRQX");
    Protocols[0].FailQueryRemove = FALSE;
}

// ---- memory runs out

static void Bind_AdapterWithoutMemory_LeavesNothing(void **State)
{
    (void)State;
    int64_t At = 0;
    for (; Nics[0].Pdo == NULL; At++) {
        assert_true(At < 1000);
        SimPoolFailAfter(At);
        NicAdd(0);
        SimPoolFailAfter(-1);
        TestIdle();
    }
    assert_true(At > 5);
}

static void Bind_WithoutMemory_LeavesNothing(void **State)
{
    (void)State;
    NicAdd(0);
    Protocols[0].FailAfterOpen = TRUE; // opens and closes, and allocates nothing itself
    ProtocolRegister(0);
    TestIdle();
    for (int64_t At = 0; At < 12; At++) {
        SimPoolFailAfter(At);
        NdisReEnumerateProtocolBindings(Protocols[0].Handle);
        TestIdle();
        SimPoolFailAfter(-1);
    }
    Protocols[0].FailAfterOpen = FALSE;
    memset(One->Log, 0, sizeof(One->Log));
    NdisReEnumerateProtocolBindings(Protocols[0].Handle);
    TestIdle();
    assert_string_equal(One->Log, "BR");
}

// ---- misuse

static void DoCloseOutsideUnbind(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    NdisCloseAdapterEx(One->Handle);
}

static void Unbind_CloseOutsideUnbind_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoCloseOutsideUnbind, BUGCODE_NDIS_DRIVER, "only an unbind or a failing bind");
}

static void DoOidAfterClose(void)
{
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    NDIS_HANDLE Dead = One->Handle;
    NdisUnbindAdapter(Dead);
    TestIdle();
    One->Handle = Dead;
    BindingSetFilter(One, 0);
}

static void Unbind_OidAfterClose_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoOidAfterClose, BUGCODE_NDIS_DRIVER, "is Unbound; its handle is valid from");
}

static void DoCloseHoldingReceives(void)
{
    Protocols[0].PacketFilter = NDIS_PACKET_TYPE_DIRECTED;
    Protocols[0].KeepReceives = TRUE;
    NicAdd(0);
    ProtocolRegister(0);
    TestIdle();
    NicReceive(&Nics[0], NicAddress(&Nics[0]), 3, 0);
    One->Kept = NULL; // forgotten
    ProtocolDeregister(0);
}

static void Unbind_HoldingReceivedNbls_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoCloseHoldingReceives, BUGCODE_NDIS_DRIVER, "while it holds 3 received NBLs");
}

SIM_NO_THREAD_SAFETY_ANALYSIS // that is the point
    static void
    DoRegisterAtDispatch(void)
{
    ProtocolRegister(0);
    KfRaiseIrql(DISPATCH_LEVEL);
    NdisDeregisterProtocolDriver(Protocols[0].Handle);
}

static void Register_DeregisterAtDispatch_BugChecks(void **State)
{
    (void)State;
    ExpectBugCheck(DoRegisterAtDispatch, DRIVER_VERIFIER_DETECTED_VIOLATION,
                   "NdisDeregisterProtocolDriver is called at IRQL 2");
}

int main(void)
{
    const struct CMUnitTest Tests[] = {
        NDIS_TEST(Bind_AdapterThenProtocol_IsBoundAndRunning),
        NDIS_TEST(Bind_ProtocolThenAdapter_IsBoundAndRunning),
        NDIS_TEST(Bind_Parameters_AreThoseOfTheMiniport),
        NDIS_TEST(Bind_PendingOpenCloseBindAndUnbind_Complete),
        NDIS_TEST(Bind_Refused_IsAskedAgainOnlyAfterReEnumerate),
        NDIS_TEST(Bind_FailedAfterOpen_LeavesNothing),
        NDIS_TEST(Bind_TwoProtocolsTwoAdapters_AllFourInOrder),
        NDIS_TEST(Bind_MiniportInitializeFails_NoAdapterAndNoBinding),
        NDIS_TEST_UNVERIFIED(Bind_OpenOutsideBind_Fails),
        NDIS_TEST(Register_BadVersionOrCharacteristics_IsRefused),
        NDIS_TEST(Unbind_AndBindByTheHost_Works),
        NDIS_TEST(Unbind_ByTheProtocolItself_IsNotBoundAgain),
        NDIS_TEST(Unbind_ManyTimes_LeavesNothing),
        NDIS_TEST(Unbind_AdapterUnplugged_ClosesThenHalts),
        NDIS_TEST(Unbind_QueryRemoveRefused_AdapterStays),
        NDIS_TEST(Bind_AdapterWithoutMemory_LeavesNothing),
        NDIS_TEST(Bind_WithoutMemory_LeavesNothing),
        cmocka_unit_test(Unbind_CloseOutsideUnbind_BugChecks),
        cmocka_unit_test(Unbind_OidAfterClose_BugChecks),
        cmocka_unit_test(Unbind_HoldingReceivedNbls_BugChecks),
        cmocka_unit_test(Register_DeregisterAtDispatch_BugChecks),
    };
    return cmocka_run_group_tests(Tests, NULL, NULL);
}
