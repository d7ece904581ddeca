# SPDX-License-Identifier: MIT

# Drivers with an installed WDK, on Windows: cl or clang-cl with ninja, in a Visual Studio prompt for
# the wanted architecture. WDK_ROOT and WDK_VERSION choose one of several.

set(WDK_ROOT "$ENV{WindowsSdkDir}" CACHE PATH "Windows Kits folder")
if(NOT WDK_ROOT)
  set(WDK_ROOT "C:/Program Files (x86)/Windows Kits/10")
endif()
file(TO_CMAKE_PATH "${WDK_ROOT}" WDK_ROOT)
string(REGEX REPLACE "/$" "" WDK_ROOT "${WDK_ROOT}")
set(WDK_VERSION "" CACHE STRING "a folder below Include, such as 10.0.26100.0; empty: the newest")
if(NOT WDK_VERSION)
  file(GLOB versions RELATIVE "${WDK_ROOT}/Include" "${WDK_ROOT}/Include/*/km/ndis.h")
  list(TRANSFORM versions REPLACE "/km/ndis.h$" "")
  list(SORT versions COMPARE NATURAL ORDER DESCENDING)
  if(NOT versions)
    message(FATAL_ERROR "no WDK in ${WDK_ROOT}: install it, or set WDK_ROOT")
  endif()
  list(GET versions 0 WDK_VERSION)
endif()
message(STATUS "WDK ${WDK_VERSION} in ${WDK_ROOT}")

if(CMAKE_C_COMPILER_ARCHITECTURE_ID STREQUAL "ARM64")
  set(wdk_architecture arm64)
  set(wdk_definitions _ARM64_ ARM64)
else()
  set(wdk_architecture x64)
  set(wdk_definitions _AMD64_ AMD64 _WIN64)
endif()

if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  # Without them it would call a C library, and drop the unwind data.
  set(wdk_compiler_flags /clang:-ffreestanding /clang:-fasynchronous-unwind-tables)
else()
  set(wdk_compiler_flags /kernel)
endif()

# wdk_driver(NAME SOURCES file... [RESOURCE file] [DEFINITIONS definition...])
function(wdk_driver NAME)
  cmake_parse_arguments(ARG "" "RESOURCE" "SOURCES;DEFINITIONS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES} ${ARG_RESOURCE})
  set_target_properties(${NAME} PROPERTIES
    SUFFIX .sys
    MSVC_RUNTIME_LIBRARY ""
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${wdk_architecture})
  # 4201, 4214 and 4324: unnamed unions, narrow bit-fields and alignment, as the WDK's own headers
  # have them.
  target_compile_options(${NAME} PRIVATE
    $<$<COMPILE_LANGUAGE:C>:/std:c11 /W4 /WX /wd4201 /wd4214 /wd4324 /GS /guard:cf /Zi
      /Zp8 ${wdk_compiler_flags}>)
  # NTDDI_VERSION: Windows 10 2004, the first with ExAllocatePool2.
  target_compile_definitions(${NAME} PRIVATE
    ${wdk_definitions} ${ARG_DEFINITIONS} _WIN32_WINNT=0x0A00 WINVER=0x0A00
    NTDDI_VERSION=0x0A000008)
  target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_include_directories(${NAME} SYSTEM PRIVATE
    ${WDK_ROOT}/Include/${WDK_VERSION}/km/crt ${WDK_ROOT}/Include/${WDK_VERSION}/km
    ${WDK_ROOT}/Include/${WDK_VERSION}/shared)
  target_link_directories(${NAME} PRIVATE ${WDK_ROOT}/Lib/${WDK_VERSION}/km/${wdk_architecture})
  target_link_libraries(${NAME} PRIVATE ntoskrnl hal ndis wdmsec BufferOverflowFastFailK)
  target_link_options(${NAME} PRIVATE
    /DRIVER /SUBSYSTEM:NATIVE,10.00 /ENTRY:GsDriverEntry /NODEFAULTLIB /MANIFEST:NO
    /INCREMENTAL:NO /guard:cf /DYNAMICBASE /HIGHENTROPYVA /NXCOMPAT /SECTION:INIT,ERD /OPT:REF
    /DEBUG /PDBALTPATH:%_PDB% /RELEASE /WX)
endfunction()
