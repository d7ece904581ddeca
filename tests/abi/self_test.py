# SPDX-License-Identifier: MIT
"""Proves that check_abi.py can fail: each wrong header below must be reported, by name."""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_abi  # noqa: E402

TABLES = {
    "structs": """struct,size,align,field,offset,field_size,field_type
POINT,16,8,X,0,4,ULONG
POINT,16,8,Flags,4,4,union
POINT,16,8,Flags.All,4,4,ULONG
POINT,16,8,Flags.Low,4:0,b3,ULONG
POINT,16,8,Flags.High,4:3,b29,ULONG
POINT,16,8,Next,8,8,POINT *
""",
    "enums": "enum,enumerator,value\nCOLOUR,Red,0\nCOLOUR,Green,5\n",
    "macros": "name,value_hex,value_dec,type\nLIMIT,0x00000010,16,s32\nMINUS,0xFFFFFFFF,-1,s32\n"
              "NOWHERE,0xFFFFFFFFFFFFFFFF,-1,ptr\n",
    "functions": """name,prototype,kind,irql,dll,min_version,summary_doc_page
PointMove,"void PointMove(POINT *Point, ULONG By)",export,,,,
POINT_EVENT,ULONG POINT_EVENT(POINT *Point),callback,,,,
PointLater,void PointLater(void),export,,,,
""",
    "typedefs": """name,kind,underlying,size,align
ULONG,scalar,unsigned int,4,4
PPOINT,pointer,POINT *,8,8
_POINT,struct_tag,POINT,16,8
_COLOUR,enum_tag,COLOUR,4,4
POINT_EVENT,function,,,
""",
    "versions": "what,name,member,ndis_from,ndis_to,value\n"
                "declared_function,PointLater,,6.80,6.87,\n",
}
GOOD = """#pragma once
#define NTAPI __attribute__((ms_abi))
typedef unsigned int ULONG;
typedef struct _POINT {
    ULONG X;
    union { ULONG All; struct { ULONG Low : 3; ULONG High : 29; }; } Flags;
    struct _POINT *Next;
} POINT, *PPOINT;
typedef enum _COLOUR { Red, Green = 5 } COLOUR;
#define LIMIT 0x10
#define MINUS (-1)
#define NOWHERE ((void *)(long)-1)
void NTAPI PointMove(POINT *Point, ULONG By);
typedef ULONG NTAPI POINT_EVENT(POINT *Point);
"""
# what is replaced in the good header, by what, what must be reported
WRONG = [
    ("    ULONG X;", "    ULONG X, Y;", "struct POINT: size is not 16"),
    ("    ULONG X;", "    ULONG X, Y;", "struct POINT has a field Y that the table does not have"),
    ("    ULONG X;", "    unsigned char X;", "field POINT.X: size is not 4"),
    ("    ULONG X;", "    float X;", "field POINT.X: type is not ULONG"),
    ("    ULONG X;\n", "", "struct POINT lacks the field X"),
    ("    ULONG X;", "    ULONG X; ULONG : 32;", "field POINT.Flags.All: offset is not 4"),
    ("Low : 3; ULONG High : 29", "High : 29; ULONG Low : 3", "field POINT.Flags.Low: bits are not"),
    ("} POINT, *PPOINT", "} __attribute__((aligned(16))) POINT, *PPOINT", "alignment is not 8"),
    ("Green = 5", "Green = 6", "enumerator Green: is not 5"),
    ("Green = 5", "Green = 5, Blue", "enumerator Blue: not in the tables"),
    ("LIMIT 0x10", "LIMIT 0x11", "macro LIMIT: value is not 16"),
    ("LIMIT 0x10", "LIMIT 0x10U", "macro LIMIT: type is not s32"),
    ("(long)-1", "(long)-2", "macro NOWHERE: value differs"),
    ("Point, ULONG By", "Point, long By", "function PointMove: prototype"),
    ("void NTAPI PointMove", "void PointMove", "function PointMove: prototype or calling"),
    ("ULONG NTAPI POINT_EVENT", "void NTAPI POINT_EVENT", "callback type POINT_EVENT: prototype"),
    ("typedef ULONG NTAPI", "typedef ULONG", "callback type POINT_EVENT: prototype or calling"),
    ("typedef unsigned int", "typedef unsigned long", "typedef ULONG: size is not 4"),
    ("#define MINUS", "#define EXTRA 1\n#define MINUS", "macro EXTRA: not in the tables"),
    ("#define MINUS", "void Extra(void);\n#define MINUS", "function Extra: not in the tables"),
    ("#define MINUS", "struct Extra { int A; };\n#define MINUS", "struct Extra: not in the tables"),
    ("#define MINUS", "typedef int Extra;\n#define MINUS", "typedef Extra: not in the tables"),
    ("#define MINUS", "extern int Extra;\n#define MINUS", "variable Extra: not in the tables"),
    ("#define MINUS", "void NTAPI PointLater(void);\n#define MINUS", "exists from NDIS 680 on"),
]


def problems_of(text, folder, compilers):
    include = os.path.join(folder, "include")
    os.makedirs(include, exist_ok=True)
    with open(os.path.join(include, "point.h"), "w", encoding="utf-8") as file:
        file.write(text)
    allowed = check_abi.Allowed(os.path.join(folder, "allowed.txt"))
    return check_abi.check(include, check_abi.Tables(folder), allowed, compilers, "650")[0]


def run(compilers):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text in TABLES.items():
            with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as file:
                file.write(text)
        with open(os.path.join(folder, "allowed.txt"), "w", encoding="utf-8") as file:
            file.write("macro NTAPI # calling convention\n")
        for line in problems_of(GOOD, folder, compilers):
            print("self-test: the correct header is reported: " + line)
            failed += 1
        for old, new, expected in WRONG:
            assert old in GOOD, old
            found = problems_of(GOOD.replace(old, new, 1), folder, compilers)
            if not any(expected in line for line in found):
                print("self-test: not reported: %s\n  but: %s" % (expected, found))
                failed += 1
    print("self-test: %d wrong headers, %d failures" % (len(WRONG), failed))
    return 1 if failed else 0
