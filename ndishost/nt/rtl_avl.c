// SPDX-License-Identifier: MIT

// Generic tables as balanced trees (AVL). The element lies behind its links in one allocation of
// the driver's. The root is the right child of BalancedRoot; Balance is the height of the right
// side minus that of the left. The driver serializes the calls.

#include "sim.h"

#include <ntifs.h>
#include <string.h>

typedef RTL_BALANCED_LINKS LINKS;

static PVOID ElementOf(LINKS *Node)
{
    return Node + 1;
}

VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table,
                                        PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                        PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                        PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    SIM_REQUIRE_MAX_IRQL(DISPATCH_LEVEL);
    *Table = (RTL_AVL_TABLE){.CompareRoutine = CompareRoutine,
                             .AllocateRoutine = AllocateRoutine,
                             .FreeRoutine = FreeRoutine,
                             .TableContext = TableContext};
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
}

// ---- order

// The outermost node of a subtree, on one side.
static LINKS *Outermost(LINKS *Node, BOOLEAN Right)
{
    for (LINKS *Next = Node; Next != NULL; Next = Right ? Node->RightChild : Node->LeftChild) {
        Node = Next;
    }
    return Node;
}

// The next node in order, or with Back the one before; NULL: there is none.
static LINKS *Neighbour(const RTL_AVL_TABLE *Table, LINKS *Node, BOOLEAN Back)
{
    LINKS *Child = Back ? Node->LeftChild : Node->RightChild;
    if (Child != NULL) {
        return Outermost(Child, Back);
    }
    while (Node->Parent != &Table->BalancedRoot &&
           Node == (Back ? Node->Parent->LeftChild : Node->Parent->RightChild)) {
        Node = Node->Parent;
    }
    return Node->Parent != &Table->BalancedRoot ? Node->Parent : NULL;
}

static LINKS *First(const RTL_AVL_TABLE *Table)
{
    LINKS *Root = Table->BalancedRoot.RightChild;
    return Root != NULL ? Outermost(Root, FALSE) : NULL;
}

// ---- balance

static void PutInPlace(LINKS *Old, LINKS *New)
{
    LINKS *Parent = Old->Parent;
    if (Parent->LeftChild == Old) {
        Parent->LeftChild = New;
    } else {
        Parent->RightChild = New;
    }
    if (New != NULL) {
        New->Parent = Parent;
    }
}

static void RotateLeft(LINKS *Node)
{
    LINKS *Child = Node->RightChild;
    PutInPlace(Node, Child);
    Node->RightChild = Child->LeftChild;
    if (Node->RightChild != NULL) {
        Node->RightChild->Parent = Node;
    }
    Child->LeftChild = Node;
    Node->Parent = Child;
}

static void RotateRight(LINKS *Node)
{
    LINKS *Child = Node->LeftChild;
    PutInPlace(Node, Child);
    Node->LeftChild = Child->RightChild;
    if (Node->LeftChild != NULL) {
        Node->LeftChild->Parent = Node;
    }
    Child->RightChild = Node;
    Node->Parent = Child;
}

// Node's balance is 2 or -2; returns what stands in its place then.
static LINKS *Rebalance(LINKS *Node)
{
    const BOOLEAN Right = Node->Balance > 0;
    const CHAR Heavy = Right ? 1 : -1;
    LINKS *Child = Right ? Node->RightChild : Node->LeftChild;
    if (Child->Balance == -Heavy) {
        LINKS *Inner = Right ? Child->LeftChild : Child->RightChild;
        (Right ? RotateRight : RotateLeft)(Child);
        (Right ? RotateLeft : RotateRight)(Node);
        Node->Balance = (CHAR)(Inner->Balance == Heavy ? -Heavy : 0);
        Child->Balance = (CHAR)(Inner->Balance == -Heavy ? Heavy : 0);
        Inner->Balance = 0;
        return Inner;
    }
    (Right ? RotateLeft : RotateRight)(Node);
    BOOLEAN Even = Child->Balance == 0; // after a removal only: the height stays
    Node->Balance = (CHAR)(Even ? Heavy : 0);
    Child->Balance = (CHAR)(Even ? -Heavy : 0);
    return Child;
}

// The subtree at Node has become higher.
static void Grown(PRTL_AVL_TABLE Table, LINKS *Node)
{
    for (LINKS *Parent = Node->Parent; Parent != &Table->BalancedRoot; Parent = Node->Parent) {
        Parent->Balance += Parent->RightChild == Node ? 1 : -1;
        if (Parent->Balance == 0) {
            return;
        }
        if (Parent->Balance == 2 || Parent->Balance == -2) {
            Rebalance(Parent);
            return;
        }
        Node = Parent;
    }
    Table->DepthOfTree++;
}

// One side of Node has become lower.
static void Shrunk(PRTL_AVL_TABLE Table, LINKS *Node, BOOLEAN Right)
{
    while (Node != &Table->BalancedRoot) {
        Node->Balance += Right ? -1 : 1;
        if (Node->Balance == 1 || Node->Balance == -1) {
            return;
        }
        if (Node->Balance != 0) {
            Node = Rebalance(Node);
            if (Node->Balance != 0) {
                return;
            }
        }
        Right = Node->Parent->RightChild == Node;
        Node = Node->Parent;
    }
    Table->DepthOfTree--;
}

// ---- look up

// Where the element is, or the node below which it would be inserted.
static TABLE_SEARCH_RESULT Find(PRTL_AVL_TABLE Table, PVOID Buffer, LINKS **Found)
{
    LINKS *Node = Table->BalancedRoot.RightChild;
    *Found = NULL;
    TABLE_SEARCH_RESULT Result = TableEmptyTree;
    while (Node != NULL) {
        *Found = Node;
        RTL_GENERIC_COMPARE_RESULTS Order = Table->CompareRoutine(Table, Buffer, ElementOf(Node));
        if (Order == GenericEqual) {
            return TableFoundNode;
        }
        Result = Order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        Node = Order == GenericLessThan ? Node->LeftChild : Node->RightChild;
    }
    return Result;
}

PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                PVOID *NodeOrParent,
                                                TABLE_SEARCH_RESULT *SearchResult)
{
    *SearchResult = Find(Table, Buffer, (LINKS **)NodeOrParent);
    return *SearchResult == TableFoundNode ? ElementOf(*NodeOrParent) : NULL;
}

PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    LINKS *Node;
    return Find(Table, Buffer, &Node) == TableFoundNode ? ElementOf(Node) : NULL;
}

// Of several equal ones the first in order; RestartKey is where enumeration goes on.
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                         PVOID *RestartKey)
{
    LINKS *Node;
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    *RestartKey = NULL;
    if (Find(Table, Buffer, &Node) != TableFoundNode) {
        return NULL;
    }
    for (LINKS *Before = Neighbour(Table, Node, TRUE);
         Before != NULL && Table->CompareRoutine(Table, Buffer, ElementOf(Before)) == GenericEqual;
         Before = Neighbour(Table, Node, TRUE)) {
        Node = Before;
    }
    *RestartKey = Node;
    return ElementOf(Node);
}

// ---- insert and delete

PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                CLONG BufferSize, PBOOLEAN NewElement,
                                                PVOID NodeOrParent,
                                                TABLE_SEARCH_RESULT SearchResult)
{
    BOOLEAN IsNew = SearchResult != TableFoundNode;
    LINKS *Node = NodeOrParent;
    if (IsNew) {
        LINKS *Parent = SearchResult == TableEmptyTree ? &Table->BalancedRoot : NodeOrParent;
        Node = Table->AllocateRoutine(Table, BufferSize + (CLONG)sizeof(*Node));
        if (Node == NULL) {
            return NULL;
        }
        *Node = (LINKS){.Parent = Parent};
        memcpy(ElementOf(Node), Buffer, BufferSize);
        if (SearchResult == TableInsertAsLeft) {
            Parent->LeftChild = Node;
        } else {
            Parent->RightChild = Node;
        }
        Table->NumberGenericTableElements++;
        Grown(Table, Node);
    }
    if (NewElement != NULL) {
        *NewElement = IsNew;
    }
    return ElementOf(Node);
}

PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                            PBOOLEAN NewElement)
{
    LINKS *Found;
    TABLE_SEARCH_RESULT Result = Find(Table, Buffer, &Found);
    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, Found,
                                               Result);
}

// The next node takes the place of one that has both children.
static void UnlinkInner(PRTL_AVL_TABLE Table, LINKS *Node)
{
    LINKS *Next = Outermost(Node->RightChild, FALSE);
    BOOLEAN IsChild = Next->Parent == Node;
    LINKS *Lower = IsChild ? Next : Next->Parent;
    if (!IsChild) {
        PutInPlace(Next, Next->RightChild);
        Next->RightChild = Node->RightChild;
        Next->RightChild->Parent = Next;
    }
    Next->LeftChild = Node->LeftChild;
    Next->LeftChild->Parent = Next;
    Next->Balance = Node->Balance;
    PutInPlace(Node, Next);
    Shrunk(Table, Lower, IsChild);
}

VOID NTAPI RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE Table, PVOID NodeOrParent)
{
    LINKS *Node = NodeOrParent;
    if (Table->RestartKey == Node) {
        Table->RestartKey = Neighbour(Table, Node, TRUE); // enumeration goes on behind it
    }
    if (Node->LeftChild != NULL && Node->RightChild != NULL) {
        UnlinkInner(Table, Node);
    } else {
        LINKS *Parent = Node->Parent;
        BOOLEAN Right = Parent->RightChild == Node;
        PutInPlace(Node, Node->LeftChild != NULL ? Node->LeftChild : Node->RightChild);
        Shrunk(Table, Parent, Right);
    }
    Table->NumberGenericTableElements--;
    Table->DeleteCount++;
    Table->FreeRoutine(Table, Node);
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    LINKS *Node;
    if (Find(Table, Buffer, &Node) != TableFoundNode) {
        return FALSE;
    }
    RtlDeleteElementGenericTableAvlEx(Table, Node);
    return TRUE;
}

// ---- enumerate

PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
    LINKS *Next = *RestartKey != NULL ? Neighbour(Table, *RestartKey, FALSE) : First(Table);
    if (Next == NULL) {
        return NULL;
    }
    *RestartKey = Next;
    return ElementOf(Next);
}

PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
    if (Restart) {
        Table->RestartKey = NULL;
    }
    return RtlEnumerateGenericTableWithoutSplayingAvl(Table, (PVOID *)&Table->RestartKey);
}

PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
    LINKS *Node = First(Table);
    while (Node != NULL && I > 0) {
        Node = Neighbour(Table, Node, FALSE);
        I--;
    }
    return Node != NULL ? ElementOf(Node) : NULL;
}

BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
    SIM_REQUIRE_MAX_IRQL(APC_LEVEL);
    return Table->NumberGenericTableElements == 0;
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements;
}
