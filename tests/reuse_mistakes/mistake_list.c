// SPDX-License-Identifier: MIT

#include "mistake_list.h"

static const MISTAKE_GROUP *const Groups[] = {
    &DataFieldMistakes,  &ImageMistakes,       &OutOfBandMistakes, &ListMistakes,
    &ContextMistakes,    &OwnershipMistakes,   &MdlMistakes,       &FrameMistakes,
    &LifeStateMistakes,  &LifeReceiveMistakes, &LifeOidMistakes,   &LifeBindMistakes,
    &LifeMemoryMistakes, &LifeIrpMistakes,
};

const MISTAKE *MistakeAt(unsigned Index)
{
    for (unsigned Group = 0; Group < RTL_NUMBER_OF(Groups); Group++) {
        if (Index < Groups[Group]->Count) {
            return &Groups[Group]->Mistakes[Index];
        }
        Index -= Groups[Group]->Count;
    }
    return NULL;
}
