// SPDX-License-Identifier: MIT

// Receiving from a Linux interface, through a ring that the kernel fills (TPACKET_V2): one copy,
// and no system call while there are frames. The ring is made when a frame is wanted for the first
// time.

#define _GNU_SOURCE
#include "wire_packet.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <arpa/inet.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PACKET_RING_BYTES (8u << 20)
#define PACKET_RING_FRAMES_MIN 64u

// ---- the ring

// A power of two, because then frames fill pages and blocks without a gap.
static unsigned PacketRingFrameSize(size_t FrameSize)
{
    size_t Needed = TPACKET_ALIGN(TPACKET2_HDRLEN) + TPACKET_ALIGNMENT * 2 + FrameSize;
    unsigned Size = 2048;

    while (Size < Needed) {
        Size *= 2;
    }
    return Size;
}

static int PacketRingOpen(struct wire *Wire, int Socket)
{
    int Version = TPACKET_V2;
    unsigned FrameSize = PacketRingFrameSize(Wire->FrameSize);
    unsigned Frames = PACKET_RING_BYTES / FrameSize;
    unsigned PageSize = (unsigned)sysconf(_SC_PAGESIZE);
    struct tpacket_req Request;
    void *Ring;

    if (Frames < PACKET_RING_FRAMES_MIN) {
        Frames = PACKET_RING_FRAMES_MIN;
    }
    Request.tp_frame_size = FrameSize;
    Request.tp_frame_nr = Frames;
    Request.tp_block_size = FrameSize > PageSize ? FrameSize : PageSize;
    Request.tp_block_nr = (unsigned)((uint64_t)Frames * FrameSize / Request.tp_block_size);
    Wire->RingSize = (size_t)Frames * FrameSize;
    if (setsockopt(Socket, SOL_PACKET, PACKET_VERSION, &Version, sizeof(Version)) != 0 ||
        setsockopt(Socket, SOL_PACKET, PACKET_RX_RING, &Request, sizeof(Request)) != 0) {
        return errno;
    }
    Ring = mmap(NULL, Wire->RingSize, PROT_READ | PROT_WRITE, MAP_SHARED, Socket, 0);
    if (Ring == MAP_FAILED) {
        return errno;
    }
    Wire->RingFrameSize = FrameSize;
    Wire->RingFrames = Frames;
    Wire->ReceiveSocket = Socket;
    atomic_store(&Wire->Ring, Ring);
    return 0;
}

// Frames that nobody wants are dropped by the kernel before they reach the ring.
static int PacketCloseGate(int Socket)
{
    struct sock_filter Drop = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog Program = {.len = 1, .filter = &Drop};

    return setsockopt(Socket, SOL_SOCKET, SO_ATTACH_FILTER, &Program, sizeof(Program)) == 0 ? 0
                                                                                            : errno;
}

static int PacketOpenGate(int Socket)
{
    int Nothing = 0;

    return setsockopt(Socket, SOL_SOCKET, SO_DETACH_FILTER, &Nothing, sizeof(Nothing)) == 0 ||
                   errno == ENOENT
               ? 0
               : errno;
}

static int PacketReceiveOpen(struct wire *Wire)
{
    int Socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); // protocol 0: closed until bound
    struct sockaddr_ll Address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = Wire->Index,
    };
    int One = 1;
    int Error;

    if (Socket < 0) {
        return errno;
    }
    Error = PacketCloseGate(Socket);
    if (Error != 0) {
        goto Close;
    }
    if (setsockopt(Socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &One, sizeof(One)) != 0) {
        Error = errno;
        goto Close;
    }
    if (bind(Socket, (struct sockaddr *)&Address, sizeof(Address)) != 0) {
        Error = errno;
        goto Close;
    }
    Error = PacketRingOpen(Wire, Socket);
    if (Error != 0) {
        goto Close;
    }
    return 0;

Close:
    close(Socket);
    return Error;
}

void WirePacketReceiveClose(struct wire *Wire)
{
    if (Wire->ReceiveSocket < 0) {
        return;
    }
    munmap(atomic_load(&Wire->Ring), Wire->RingSize);
    close(Wire->ReceiveSocket);
}

// ---- the filter

static int PacketMembership(struct wire *Wire, int Type, const uint8_t *Address, int Add)
{
    struct packet_mreq Request = {.mr_ifindex = Wire->Index, .mr_type = (unsigned short)Type};

    if (Address != NULL) {
        Request.mr_alen = 6;
        memcpy(Request.mr_address, Address, 6);
    }
    if (setsockopt(Wire->ReceiveSocket, SOL_PACKET,
                   Add ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP, &Request,
                   sizeof(Request)) != 0) {
        return errno;
    }
    return 0;
}

static int PacketSwitch(struct wire *Wire, int Type, int Was, int Is)
{
    return Was == Is ? 0 : PacketMembership(Wire, Type, NULL, Is);
}

// Adds first: an address that stays is counted twice for a moment and never missing. Each step is
// written down at once, so that the next call starts from what the kernel has.
static int PacketSetAddresses(struct wire *Wire, const struct wire_filter *Filter)
{
    struct wire_filter *Old = &Wire->Filter;

    for (unsigned I = 0; I < Filter->address_count; I++) {
        int Error = PacketMembership(Wire, PACKET_MR_MULTICAST, Filter->addresses[I], 1);
        if (Error != 0) {
            while (I-- > 0) {
                PacketMembership(Wire, PACKET_MR_MULTICAST, Filter->addresses[I], 0);
            }
            return Error;
        }
    }
    for (unsigned I = 0; I < Old->address_count; I++) {
        PacketMembership(Wire, PACKET_MR_MULTICAST, Old->addresses[I], 0);
    }
    Old->address_count = Filter->address_count;
    memcpy(Old->addresses, Filter->addresses, sizeof(Old->addresses));
    return 0;
}

int WirePacketSetFilter(struct wire *Wire, const struct wire_filter *Filter)
{
    struct wire_filter *Old = &Wire->Filter;
    int Error = 0;

    if (Wire->ReceiveSocket < 0) {
        if (!Filter->any) {
            return 0;
        }
        Error = PacketReceiveOpen(Wire);
    }
    if (Error == 0) {
        Error = PacketSetAddresses(Wire, Filter);
    }
    if (Error == 0) {
        Error = PacketSwitch(Wire, PACKET_MR_PROMISC, Old->promiscuous, Filter->promiscuous);
    }
    if (Error != 0) {
        return Error;
    }
    Old->promiscuous = Filter->promiscuous;
    Error = PacketSwitch(Wire, PACKET_MR_ALLMULTI, Old->all_multicast, Filter->all_multicast);
    if (Error != 0) {
        return Error;
    }
    Old->all_multicast = Filter->all_multicast;
    Error = Filter->any ? PacketOpenGate(Wire->ReceiveSocket)
                        : PacketCloseGate(Wire->ReceiveSocket);
    if (Error == 0) {
        Old->any = Filter->any;
    }
    return Error;
}

// ---- the frames

static struct tpacket2_hdr *PacketRingHead(struct wire *Wire)
{
    uint8_t *Ring = atomic_load(&Wire->Ring);

    if (Ring == NULL) {
        return NULL;
    }
    return (struct tpacket2_hdr *)(Ring + (size_t)Wire->RingNext * Wire->RingFrameSize);
}

int WirePacketHasFrame(struct wire *Wire)
{
    struct tpacket2_hdr *Head = PacketRingHead(Wire);

    return Head != NULL && (__atomic_load_n(&Head->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER);
}

// The kernel takes the VLAN tag out of a frame that it receives; a NIC that promises nothing about
// VLANs leaves it where it was.
static size_t PacketCopyTagged(const struct tpacket2_hdr *Head, const uint8_t *Frame, uint8_t *To)
{
    uint16_t Protocol = Head->tp_status & TP_STATUS_VLAN_TPID_VALID ? Head->tp_vlan_tpid
                                                                    : ETH_P_8021Q;
    const uint8_t Tag[4] = {(uint8_t)(Protocol >> 8), (uint8_t)Protocol,
                            (uint8_t)(Head->tp_vlan_tci >> 8), (uint8_t)Head->tp_vlan_tci};

    memcpy(To, Frame, 12);
    memcpy(To + 12, Tag, sizeof(Tag));
    memcpy(To + 16, Frame + 12, Head->tp_snaplen - 12);
    return (size_t)Head->tp_snaplen + sizeof(Tag);
}

// 0: the frame is too long for the NIC, as the segments that a sender on this host leaves whole
// are.
static size_t PacketCopyFrame(const struct tpacket2_hdr *Head, uint8_t *To, size_t Size)
{
    const uint8_t *Frame = (const uint8_t *)Head + Head->tp_mac;
    int Tagged = (Head->tp_status & TP_STATUS_VLAN_VALID) != 0 && Head->tp_snaplen >= 12;

    if (Head->tp_len > Head->tp_snaplen || Head->tp_snaplen + (Tagged ? 4u : 0u) > Size) {
        return 0;
    }
    if (Tagged) {
        return PacketCopyTagged(Head, Frame, To);
    }
    memcpy(To, Frame, Head->tp_snaplen);
    return Head->tp_snaplen;
}

size_t WirePacketReceive(struct wire *Wire, void *Buffer, size_t Size)
{
    while (WirePacketHasFrame(Wire)) {
        struct tpacket2_hdr *Head = PacketRingHead(Wire);
        size_t Length = PacketCopyFrame(Head, Buffer, Size);

        __atomic_store_n(&Head->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        Wire->RingNext = (Wire->RingNext + 1) % Wire->RingFrames;
        if (Length != 0) {
            return Length;
        }
        Wire->Drops++;
    }
    return 0;
}

uint64_t WirePacketReceiveDrops(struct wire *Wire)
{
    struct tpacket_stats Statistics;
    socklen_t Size = sizeof(Statistics);

    // Reading resets the kernel's numbers.
    if (atomic_load(&Wire->Ring) != NULL &&
        getsockopt(Wire->ReceiveSocket, SOL_PACKET, PACKET_STATISTICS, &Statistics, &Size) == 0) {
        Wire->Drops += Statistics.tp_drops;
    }
    return Wire->Drops;
}
