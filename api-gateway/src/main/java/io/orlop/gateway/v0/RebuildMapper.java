package io.orlop.gateway.v0;

import io.orlop.model.RebuildRecord;
import org.mapstruct.Mapper;
import org.mapstruct.Mapping;
import org.mapstruct.MappingConstants;

@Mapper(
        componentModel = MappingConstants.ComponentModel.SPRING,
        uses = {Scalars.class, Choices.class})
interface RebuildMapper {
    @Mapping(target = "srcUri", source = "sourceUri")
    @Mapping(target = "rebuildJobState", source = "state")
    @Mapping(target = "isPartial", source = "partial")
    @Mapping(target = "startTime", source = "start")
    @Mapping(target = "endTime", source = "end")
    RebuildHistoryView.Entry entry(RebuildRecord rebuild);
}
