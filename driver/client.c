// SPDX-License-Identifier: MIT

#include "client.h"

#include "tags.h"

static UCHAR ClientCancelPrefix;        // the byte that NDIS gave this driver
static volatile LONG64 ClientCancelIds; // counts handles

VOID ClientStart(VOID)
{
    ClientCancelPrefix = NdisGeneratePartialCancelId();
}

// NDIS's byte on top, the rest ours (contract SND-60). The number comes again after 2^56 handles.
static PVOID ClientNewCancelId(VOID)
{
    ULONG Shift = 8 * (sizeof(ULONG_PTR) - 1);
    ULONG_PTR Number = (ULONG_PTR)InterlockedIncrement64(&ClientCancelIds);

    return (PVOID)(((ULONG_PTR)ClientCancelPrefix << Shift) |
                   (Number & (((ULONG_PTR)1 << Shift) - 1)));
}

NTSTATUS ClientCreate(CLIENT **NewClient)
{
    CLIENT *Client = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*Client), TAG_CLIENT);

    if (Client == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Client->References = 1;
    Client->CancelId = ClientNewCancelId();
    *NewClient = Client;
    return STATUS_SUCCESS;
}

VOID ClientReference(CLIENT *Client)
{
    InterlockedIncrement(&Client->References);
}

// From CLEANUP; from the end, too, for an OPEN_ADAPTER that overtook the CLEANUP.
_IRQL_requires_(PASSIVE_LEVEL) static VOID ClientUnshare(CLIENT *Client)
{
    if (InterlockedExchange(&Client->Shares, 0) != 0) {
        BindingUnshare(ClientBinding(Client));
    }
}

VOID ClientRelease(CLIENT *Client)
{
    BINDING *Binding;

    if (InterlockedDecrement(&Client->References) != 0) {
        return;
    }
    ClientUnshare(Client);
    Binding = ClientBinding(Client);
    if (Binding != NULL) {
        BindingRelease(Binding);
    }
    ExFreePoolWithTag(Client, TAG_CLIENT);
}

BOOLEAN ClientIsClosing(const CLIENT *Client)
{
    return ReadAcquire(&Client->Closing) != 0;
}

VOID ClientCleanup(CLIENT *Client)
{
    BINDING *Binding;

    // A barrier, before the queue is emptied: see WaitSend.
    InterlockedExchange(&Client->Closing, 1);
    Binding = ClientBinding(Client);
    if (Binding == NULL) {
        return;
    }
    WaitCancelClient(Binding, Client);

    // Only a request: each send still completes in its own time, and CLOSE comes after the last.
    // The gate keeps the NDIS handle (contract SND-62); where it is closed, the stack is giving
    // back what it has anyway.
    if (NT_SUCCESS(BindingEnterSend(Binding))) {
        NdisCancelSendNetBufferLists(Binding->NdisHandle, Client->CancelId);
        BindingLeaveSend(Binding, 1);
    }
    ClientUnshare(Client);
}

// ---- requests

NTSTATUS ClientListAdapters(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SHUTTLE_ADAPTER_LIST *List = Irp->AssociatedIrp.SystemBuffer;
    ULONG Bytes = Stack->Parameters.DeviceIoControl.OutputBufferLength;

    UNREFERENCED_PARAMETER(Client);
    BindingList(List, (Bytes - sizeof(*List)) / sizeof(List->Adapters[0]));
    Irp->IoStatus.Information = sizeof(*List) + (SIZE_T)List->Count * sizeof(List->Adapters[0]);
    return STATUS_SUCCESS;
}

NTSTATUS ClientOpenAdapter(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    SHUTTLE_OPEN_ADAPTER *Open = Irp->AssociatedIrp.SystemBuffer;
    UNICODE_STRING Name;
    BINDING *Binding;
    NTSTATUS Status;

    UNREFERENCED_PARAMETER(Stack);
    if (Open->Version != SHUTTLE_ABI_VERSION) {
        return STATUS_REVISION_MISMATCH;
    }
    if ((Open->Flags & ~(ULONG)SHUTTLE_OPEN_EXCLUSIVE) != 0 || Open->NameLength == 0 ||
        Open->NameLength > sizeof(Open->Name) || Open->NameLength % sizeof(WCHAR) != 0) {
        return STATUS_INVALID_PARAMETER;
    }
    if (ClientBinding(Client) != NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    Name.Buffer = (PWCH)Open->Name;
    Name.Length = Name.MaximumLength = (USHORT)Open->NameLength;
    Status = BindingShareByName(&Name, (Open->Flags & SHUTTLE_OPEN_EXCLUSIVE) != 0, &Binding);
    if (!NT_SUCCESS(Status)) {
        return Status;
    }
    if (InterlockedCompareExchangePointer(&Client->Binding, Binding, NULL) != NULL) {
        // Another thread was faster with this handle.
        BindingUnshare(Binding);
        BindingRelease(Binding);
        return STATUS_INVALID_DEVICE_STATE;
    }
    InterlockedExchange(&Client->Shares, 1);
    return ClientQueryAdapter(Client, Irp, Stack);
}

NTSTATUS ClientQueryAdapter(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    BINDING *Binding = ClientBinding(Client);

    UNREFERENCED_PARAMETER(Stack);
    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    BindingQuery(Binding, Irp->AssociatedIrp.SystemBuffer);
    Irp->IoStatus.Information = sizeof(SHUTTLE_ADAPTER);
    return STATUS_SUCCESS;
}

NTSTATUS ClientQueryStatistics(CLIENT *Client, IRP *Irp, IO_STACK_LOCATION *Stack)
{
    BINDING *Binding = ClientBinding(Client);

    UNREFERENCED_PARAMETER(Stack);
    if (Binding == NULL) {
        return STATUS_INVALID_DEVICE_STATE;
    }
    BindingQueryStatistics(Binding, Irp->AssociatedIrp.SystemBuffer);
    Irp->IoStatus.Information = sizeof(SHUTTLE_STATISTICS);
    return STATUS_SUCCESS;
}
